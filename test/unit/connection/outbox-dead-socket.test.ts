import type { Socket } from 'node:net'
import { Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { HEARTBEAT_FRAME } from 'amqp-codec'
import { expect, test } from 'vitest'
import { Turn } from '../../../src/base/turn.ts'
import { Outbox } from '../../../src/connection/outbox.ts'
import { SlabPool } from '../../../src/connection/slab-pool.ts'

const LIMIT_BYTES = 4096
const MUCH = Buffer.alloc(2 * LIMIT_BYTES)

/** An outbox over a stream that keeps each write waiting until it is told to go on. */
class Bench {
  readonly faults: unknown[] = []
  roomCount = 0
  onRoom: () => void = () => {}
  readonly #turn = new Turn()
  #done: ((error?: Error | null) => void) | undefined
  readonly stream: Writable = new Writable({
    write: (_chunk, _encoding, done) => {
      this.#done = done
    },
    // As a socket does: what is under way has failed.
    destroy: (error, closed) => {
      this.#done?.(error)
      closed(error)
    },
  }).on('error', () => {})
  readonly outbox: Outbox = new Outbox({
    socket: this.stream as unknown as Socket,
    turn: this.#turn,
    slabs: new SlabPool(),
    limitBytes: LIMIT_BYTES,
    onRoom: () => {
      this.roomCount++
      this.onRoom()
    },
    onFault: (error) => this.faults.push(error),
  })

  /** Fills the outbox, and hands it to the stream. */
  fill(): void {
    this.outbox.bytes(MUCH)
    this.#turn.run()
    expect(this.outbox.full).toBe(true)
  }

  async written(): Promise<void> {
    this.#done?.()
    await setImmediate()
  }
}

test('an outbox that was written has room', async () => {
  const bench = new Bench()
  bench.fill()
  await bench.written()
  expect(bench.outbox.full).toBe(false)
  expect(bench.roomCount).toBe(1)
})

test('an outbox whose socket dies stays full, and takes nothing', async () => {
  const bench = new Bench()
  bench.fill()
  bench.stream.destroy(new Error('reset'))
  await setImmediate()
  expect(bench.roomCount).toBe(0)
  expect(bench.outbox.full).toBe(true)
  const backlog = bench.outbox.backlogBytes
  bench.outbox.bytes(HEARTBEAT_FRAME)
  expect(bench.outbox.backlogBytes).toBe(backlog)
})

test('what goes wrong when there is room again, or at the end of a turn, is told', async () => {
  const bench = new Bench()
  bench.onRoom = () => {
    throw new Error('no room')
  }
  bench.fill()
  await bench.written()
  const listener = {
    beforeFlush() {
      throw new Error('no flush')
    },
  }
  bench.outbox.beforeFlush(listener)
  await setImmediate()
  expect(bench.faults.map(String)).toEqual(['Error: no room', 'Error: no flush'])
})

test('only answers on top of a full outbox make it overfull', () => {
  const bench = new Bench()
  for (let n = 0; n < 100; n++) bench.outbox.heartbeat()
  expect(bench.outbox.overfull).toBe(false)
  bench.fill()
  expect(bench.outbox.overfull).toBe(false)
  bench.outbox.bytes(MUCH)
  expect(bench.outbox.overfull).toBe(false)
  bench.outbox.bytes(MUCH)
  expect(bench.outbox.overfull).toBe(true)
})
