import type { ChannelModel, ConfirmChannel } from 'amqplib'

/** What is published: who it is, and what makes it as long as messages are. */
const FILLER = 'x'.repeat(100)

export const bodyOf = (lane: string, number: number): Buffer =>
  Buffer.from(`${lane} ${number} ${FILLER}`)

export function readBody(body: Buffer): { readonly lane: string; readonly number: number } {
  const [lane, number] = body.toString().split(' ')
  return { lane: lane as string, number: Number(number) }
}

/** A channel of a connection, which tells when it ends by itself. */
export async function openChannel(
  connection: ChannelModel,
  ended: (reason: string) => void,
): Promise<ConfirmChannel> {
  const channel = await connection.createConfirmChannel()
  channel.on('error', (error) => ended(String(error)))
  channel.on('close', () => ended('it is closed'))
  return channel
}
