// Programs in the style of amqplib's callback API, of which a test can run several.

import { type Connection, connect, type Message } from 'amqplib/callback_api'
import { onTestFinished } from 'vitest'

/** Connects and calls `run`; the connection ends with the test. Errors fail the test run. */
export function program(url: string, run: (connection: Connection) => void): void {
  const connected = new Promise<Connection>((resolve, reject) => {
    connect(url, (error, connection) => {
      if (error) return reject(error)
      resolve(connection)
      run(connection)
    })
  })
  onTestFinished(async () => {
    const connection = await connected
    await new Promise<void>((resolve) => connection.close(() => resolve()))
  })
}

/** For callbacks that have nothing to say but that all went well. */
export function orThrow(error: unknown): void {
  if (error) throw error
}

/** The body as text. */
export function text(message: Message | null): string {
  return message?.content.toString() ?? 'cancelled'
}
