import { expect } from 'vitest'
import type { Message } from '../../../src/message/message.ts'
import type { BrowsedMessage } from '../../../src/queue/browsing.ts'
import type { ClaimId } from '../../../src/queue/claims.ts'
import type { DeadLetterReason } from '../../../src/queue/queue.ts'
import { MemoryDisk } from '../../../src/store/memory/memory-disk.ts'
import type { SpillStore } from '../../../src/store/spill-store.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { DeepQueueModel } from './deep-queue-model.ts'
import type { DeepOperation } from './deep-queue-operations.ts'
import { DeepQueueStore } from './deep-queue-store.ts'
import { Performer } from './queue-operations.ts'
import {
  type ConsumerSketch,
  type Counts,
  EMPTY,
  GETTER,
  type MessageSketch,
  notTaken,
  purged,
  type QueueSketch,
  type QueueSystem,
  type Settlement,
} from './queue-system.ts'
import { propertiesOf, QueueUnderTest, textOf } from './queue-under-test.ts'

/** What is under way comes to its end in fewer steps. */
const MOST_STEPS = 20_000

const DELIVERY = /^(\w+) to (\w+)(, redelivered)?(?:, back (\d+) times)?$/
const DEATH = /^(\w+) died: (\w+)$/

type NewSpillStore = () => Promise<SpillStore | undefined>

interface Surroundings {
  readonly sketch: QueueSketch
  readonly clock: FakeClock
  readonly newSpillStore: NewSpillStore
}

async function openStore(
  disk: MemoryDisk,
  { sketch, clock, newSpillStore }: Surroundings,
): Promise<DeepQueueStore> {
  const spillStore = await newSpillStore()
  return DeepQueueStore.open({ disk, clock, maxPriority: sketch.maxPriority ?? 0, spillStore })
}

/**
 * A durable queue that has little memory, with what it is kept in, and beside it the model. What the
 * queue does is checked while it happens; reopening begins with another queue and another model.
 */
export class DeepQueueUnderTest implements QueueSystem {
  readonly #sketch: QueueSketch
  readonly #clock: FakeClock
  readonly #newSpillStore: NewSpillStore
  readonly #performer = new Performer(this)
  #store: DeepQueueStore
  #queue: QueueUnderTest
  #model: DeepQueueModel
  /** Everybody who ever was a consumer, and whether they acknowledge. */
  readonly #noAck = new Map<string, boolean>()
  #persistent = true
  #bodyBytes = 0
  /** Whether the queue is doing what it was asked for, rather than something late. */
  #isCalled = false
  #failure: unknown

  static async open(
    sketch: QueueSketch = {},
    newSpillStore: NewSpillStore = async () => undefined,
  ): Promise<DeepQueueUnderTest> {
    const clock = new FakeClock()
    const store = await openStore(new MemoryDisk(), { sketch, clock, newSpillStore })
    return new DeepQueueUnderTest(store, { sketch, clock, newSpillStore })
  }

  private constructor(store: DeepQueueStore, { sketch, clock, newSpillStore }: Surroundings) {
    this.#sketch = sketch
    this.#clock = clock
    this.#newSpillStore = newSpillStore
    this.#store = store
    this.#model = new DeepQueueModel(sketch, () => clock.wallTime())
    this.#queue = this.#newQueue()
  }

  async perform(operation: DeepOperation): Promise<void> {
    switch (operation.do) {
      case 'kind':
        this.#persistent = operation.persistent
        this.#bodyBytes = operation.bodyBytes
        break
      case 'pass':
        for (let n = 0; n < operation.steps; n++) await this.#store.step()
        break
      case 'giveBack':
        if (this.held.length > 0) this.settle([...this.held.keys()], 'requeue')
        break
      case 'disk':
        this.#store.fails = operation.fails
        break
      case 'browse':
        await this.#browse(operation.from, operation.count)
        break
      case 'takeOut':
        await this.#takeOut(operation.position)
        break
      case 'claim':
        await this.#claimReady(operation.from, operation.count)
        break
      case 'failover':
        await this.#failOver(operation.awaitsClaims)
        break
      case 'rest':
        await this.rest()
        break
      case 'reopen':
        await this.#reopen()
        break
      default:
        this.#performer.perform(operation)
    }
    this.#check()
  }

  /** All that is under way comes to its end. */
  async rest(): Promise<void> {
    this.#store.fails = false
    for (let steps = 0; !this.#store.isAtRest || this.#queue.isLoading; steps++) {
      if (steps > MOST_STEPS) throw new Error('the queue does not come to rest')
      await this.#store.step()
    }
    expect(this.#store.log.count).toBe(this.#model.durableCount)
  }

  /** Takes and settles all there is: then nothing may be left anywhere. */
  async drain(): Promise<void> {
    await this.rest()
    for (const name of this.#noAck.keys()) this.cancel(name)
    while (this.counts.ready > 0) {
      this.get(false)
      if (this.#queue.isLoading) await this.rest()
    }
    this.settle([...this.held.keys()], 'acknowledge')
    this.#check()
    await this.expectNothing()
  }

  /** Nothing is left of what was in the queue. */
  async expectNothing(): Promise<void> {
    expect(this.#store.budget.usedBytes).toBe(0)
    await this.rest()
    for (let steps = 0; this.#store.spillBytes > 0 && steps < MOST_STEPS; steps++) {
      await this.#store.step()
    }
    const { budget, spillBytes, log } = this.#store
    expect([budget.usedBytes, spillBytes, log.count]).toEqual([0, 0, 0])
  }

  // As QueueSystem, for Performer.

  get events(): readonly string[] {
    return this.#queue.events
  }

  get held(): readonly string[] {
    return this.#queue.held
  }

  get counts(): Counts {
    return this.#queue.counts
  }

  publish(body: string, sketch: MessageSketch): void {
    const persistent = this.#persistent
    const bytes = Math.max(body.length, this.#bodyBytes)
    this.#call(() => {
      this.#model.publishing({ ...sketch, body, persistent, bytes })
      this.#queue.publish(body, sketch)
      this.#model.published()
    })
  }

  consume(sketch: ConsumerSketch): void {
    this.#noAck.set(sketch.name, sketch.noAck)
    this.#call(() => this.#queue.consume(sketch))
  }

  start(name: string): void {
    this.#call(() => this.#queue.start(name))
  }

  cancel(name: string): void {
    this.#call(() => this.#queue.cancel(name))
  }

  get(noAck: boolean): void {
    this.#noAck.set(GETTER, noAck)
    this.#call(() => this.#queue.get(noAck))
  }

  settle(positions: readonly number[], settlement: Settlement): void {
    const { held } = this
    const bodies = positions.map((position) => held[position]?.split(' ')[1] as string)
    this.#call(() => {
      this.#model.settled(bodies, settlement)
      this.#queue.settle(positions, settlement)
    })
  }

  setRoom(link: number, hasRoom: boolean): void {
    this.#call(() => this.#queue.setRoom(link, hasRoom))
  }

  purge(): void {
    const { readyCount } = this.#model
    this.#call(() => {
      this.#model.purged()
      this.#queue.purge()
    })
    expect(this.events.at(-1)).toBe(purged(readyCount))
  }

  advance(ms: number): void {
    this.#call(() => this.#clock.advance(ms))
  }

  delete(): void {
    this.#call(() => {
      this.#model.deleted()
      this.#queue.delete()
    })
  }

  #newQueue(awaitsClaims = false): QueueUnderTest {
    const store = this.#store
    const { storage, logOf } = store
    return new QueueUnderTest({
      sketch: this.#sketch,
      clock: this.#clock,
      storage,
      logOf,
      messageOf: (body, sketch) => this.#messageOf(body, sketch),
      awaitsClaims,
      // What another process still does is no matter.
      onEvent: (event) => {
        if (store === this.#store) this.#onEvent(event)
      },
    })
  }

  #messageOf(body: string, sketch: MessageSketch): Message {
    const properties = { ...propertiesOf(sketch), deliveryMode: this.#persistent ? 2 : 1 }
    const frameMax = 4096
    return sampleMessage(body.padEnd(this.#bodyBytes, '.'), { properties, frameMax })
  }

  #call(action: () => void): void {
    this.#isCalled = true
    action()
    this.#isCalled = false
    this.#model.endStep(this.#store.log.lastTicket)
  }

  #onEvent(event: string): void {
    const [, body, name, redelivered, count] = DELIVERY.exec(event) ?? []
    const [, dead, reason] = DEATH.exec(event) ?? []
    try {
      if (body !== undefined && name !== undefined) {
        const times = count === undefined ? undefined : Number(count)
        const noAck = this.#noAck.get(name) === true
        this.#model.delivered(body, redelivered !== undefined, times, noAck)
      } else if (dead !== undefined) {
        this.#model.died(dead, reason as DeadLetterReason)
      } else if (event.endsWith(notTaken(''))) {
        this.#model.refused()
      } else if (event === EMPTY && this.#model.readyCount > 0) {
        expect(this.#queue.isLoading).toBe(true)
      }
    } catch (error) {
      // What is late has no caller that could take it.
      this.#failure ??= error
    }
    if (this.#isCalled) return
    const { log } = this.#store
    const model = this.#model
    // It is told before it is noted, but not in another turn.
    queueMicrotask(() => model.endStep(log.lastTicket))
  }

  /** What must be so at any moment. */
  #check(): void {
    if (this.#failure !== undefined) throw this.#failure
    const { ready, unacked } = this.counts
    expect({ ready, unacked }).toEqual({
      ready: this.#model.readyCount,
      unacked: this.#model.unackedCount,
    })
    expect(this.held).toHaveLength(unacked)
    if (ready === 0 || this.#queue.isLoading) return
    // Nobody waits for what is there, unless it must be read first; and nothing is there too long.
    if (this.#sketch.singleActive !== true) expect(this.#queue.takers).toEqual([])
    expect(this.#model.isOverdue).toBe(false)
  }

  /**
   * What was there before somebody looked and is there still is seen; in order, once, and nothing else. As
   * many may be passed over as have left meanwhile before the position: those behind have moved up.
   */
  async #browse(position: number, count: number): Promise<void> {
    const { shown } = this.#model
    const from = position % (shown.length + 1)
    const bytes = Number.POSITIVE_INFINITY
    const looked = await this.#stepUntil(this.#queue.browser.read(from, { count, bytes }))
    if (looked === undefined) return
    const seen = looked.map(shownAs)
    expect(seen).toEqual(shown.slice(from).filter((one) => seen.includes(one)))
    const after = new Set(this.#model.shown)
    const left = shown.slice(from).filter((one) => after.has(one))
    const goneCount = shown.length - from - left.length
    const passedCount = shown.slice(0, from).filter((one) => !after.has(one)).length
    const least = Math.min(count, left.length) - goneCount
    expect(seen.filter((one) => after.has(one))).toEqual(
      left.filter((one, index) => {
        return seen.includes(one) || (index >= passedCount && index < least)
      }),
    )
    expect(seen.length).toBeLessThanOrEqual(count)
  }

  async #takeOut(position: number): Promise<void> {
    const { browser } = this.#queue
    const from = position % (this.#model.readyCount + 1)
    const looked = browser.read(from, { count: 1, bytes: 1 })
    const [one] = (await this.#stepUntil(looked)) ?? []
    if (one === undefined) return
    const found = await this.#stepUntil(browser.find(one.id))
    if (found === undefined) return
    expect([found.id, shownAs(found)]).toEqual([one.id, shownAs(one)])
    const isThere = this.#model.shown.includes(shownAs(found))
    if (isThere) {
      this.#call(() => {
        this.#model.takenOut(textOf(found.message))
        expect(browser.takeOut(found)).toBe(true)
      })
    }
    expect(browser.takeOut(found)).toBe(false)
  }

  /** Undefined when it could not be read, as the disk fails. */
  async #stepUntil<Result>(reading: Promise<Result>): Promise<Result | undefined> {
    let isOver = false
    const result = reading
      .catch((error: unknown) => {
        if (!this.#store.fails) throw error
        return undefined
      })
      .finally(() => {
        isOver = true
      })
    result.catch(() => {})
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      await new Promise((resolve) => setImmediate(resolve))
      if (isOver) return result
      await this.#store.step()
    }
    throw new Error('what is looked at does not come')
  }

  async #claimReady(position: number, count: number): Promise<void> {
    // What is given to somebody in the very moment would be held against the model.
    if (this.#queue.takers.length > 0) return
    const from = position % (this.#model.readyCount + 1)
    const looked = this.#queue.browser.read(from, { count, bytes: Number.POSITIVE_INFINITY })
    const seen = (await this.#stepUntil(looked)) ?? []
    await this.#claim(
      seen.map(({ id, message }) => {
        const [priority, sequence] = id.split('-').map(Number) as [number, number]
        return [{ priority, sequence }, textOf(message)]
      }),
    )
  }

  async #failOver(awaitsClaims: boolean): Promise<void> {
    const held = this.#queue.heldIds
    await this.#reopen(awaitsClaims)
    await this.#claim(held)
    this.#queue.begin()
    await this.#stepUntil(Promise.resolve())
  }

  async #claim(held: readonly (readonly [id: ClaimId, body: string])[]): Promise<void> {
    this.#model.claiming(held.map(([, body]) => body))
    const { log } = this.#store
    const claiming = this.#queue.claim(held.map(([id]) => id)).then((bodies) => {
      try {
        this.#model.claimed(bodies)
      } catch (error) {
        this.#failure ??= error
      }
      this.#model.endStep(log.lastTicket)
    })
    await this.#stepUntil(claiming)
    this.#model.claiming([])
  }

  async #reopen(awaitsClaims = false): Promise<void> {
    const { storedTicket } = this.#store.log
    const disk = this.#store.afterCrash()
    const newSpillStore = this.#newSpillStore
    const surroundings = { sketch: this.#sketch, clock: this.#clock, newSpillStore }
    this.#store = await openStore(disk, surroundings)
    const found = await this.#store.contents()
    // The record that is being written may be there already.
    const tickets = [storedTicket, storedTicket + 1]
    if (!tickets.some((ticket) => this.#model.mayBecome(found, ticket))) {
      expect(DeepQueueModel.sketches(found)).toEqual(this.#model.contents(storedTicket))
    }
    this.#model = new DeepQueueModel(this.#sketch, () => this.#clock.wallTime(), found)
    this.#queue = this.#newQueue(awaitsClaims)
  }
}

/** As the model has it. */
function shownAs({ message, redelivered, deliveryCount }: BrowsedMessage): string {
  const times = deliveryCount === undefined ? '' : ` back ${deliveryCount} times`
  return `${textOf(message)}${redelivered ? ' again' : ''}${times}`
}
