import type { ConfirmChannel, Message } from 'amqplib'
import { readBody } from './client-channel.ts'
import type { StreamReader } from './stream-book.ts'

const PREFETCH = 100

/** Reads a stream from where its reader has come to. */
export class StreamConsumer {
  readonly #channel: ConfirmChannel
  readonly #reader: StreamReader
  readonly #onCancelled: () => void

  static async start(
    channel: ConfirmChannel,
    stream: string,
    reader: StreamReader,
    onCancelled: () => void,
  ): Promise<StreamConsumer> {
    const consumer = new StreamConsumer(channel, reader, onCancelled)
    await channel.prefetch(PREFETCH)
    await channel.consume(stream, (message) => consumer.#onMessage(message), {
      arguments: { 'x-stream-offset': reader.nextOffset },
    })
    return consumer
  }

  private constructor(channel: ConfirmChannel, reader: StreamReader, onCancelled: () => void) {
    this.#channel = channel
    this.#reader = reader
    this.#onCancelled = onCancelled
  }

  #onMessage(message: Message | null): void {
    if (message === null) {
      this.#onCancelled()
      return
    }
    const { lane, number } = readBody(message.content)
    const offset = message.properties.headers?.['x-stream-offset']
    this.#reader.delivered(lane, number, Number(offset))
    this.#channel.ack(message)
  }
}
