import type { JetStreamApi } from '../../../src/store/jetstream/jet-stream-api.ts'
import { LogStream, type LogStreamOptions } from '../../../src/store/jetstream/log-stream.ts'

/**
 * Flips a bit of what is stored and has these bytes in it. NATS would notice that in its files, so
 * the stream is made anew, with the same messages but for that bit; none of it may be truncated.
 */
export async function flipBitInStream(
  api: JetStreamApi,
  options: LogStreamOptions,
  content: Buffer,
): Promise<void> {
  const patience = { untilMs: performance.now() + 20_000 }
  const damaged = new LogStream(api, options)
  const { first_seq: first, last_seq: last } = await damaged.state()
  if (first !== 1) throw new Error('some of the stream is truncated')
  const messages: Buffer[] = []
  for (let sequence = 1; sequence <= last; sequence++) {
    messages.push(Buffer.from((await damaged.get(sequence))!))
  }
  const found = messages.find((message) => message.includes(content))
  if (found === undefined) throw new Error('it is not stored in one message')
  const middle = found.indexOf(content) + Math.floor(content.length / 2)
  found[middle] = found[middle]! ^ 4

  await api.deleteStream(options.name)
  const stream = await LogStream.create(api, options, patience)
  for (const [index, message] of messages.entries()) {
    const outcome = await new Promise((resolve) => stream.append(message, index, resolve))
    if (outcome !== index + 1) throw outcome
  }
}
