import { type JetStreamError, WRONG_LAST_SEQUENCE } from './jet-stream-api.ts'
import { encodeFrame } from './log-frame.ts'
import type { LogStream } from './log-stream.ts'
import { type Patience, retrying } from './retrying.ts'

/**
 * Adds an `epoch` or a `barrier` to a stream that others may be writing to, and tells its sequence.
 *
 * All that was accepted before is then before it, and nothing is accepted any more that was to come
 * before it: whoever reads up to here knows what of it is there for good.
 */
export function appendMark(
  stream: LogStream,
  kind: 'epoch' | 'barrier',
  epoch: number,
  patience: Patience,
): Promise<number> {
  const mark = encodeFrame({ kind, epoch, part: 0, toCome: 0 }, [])
  return retrying(patience, async () => {
    for (;;) {
      const { last_seq: last } = await stream.state()
      const outcome = await new Promise<number | JetStreamError>((resolve) => {
        stream.append(mark, last, resolve)
      })
      if (typeof outcome === 'number') return outcome
      // Somebody was faster; that ends when all that they have under way is refused.
      if (outcome.code !== WRONG_LAST_SEQUENCE) throw outcome
    }
  })
}
