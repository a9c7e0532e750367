import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FencedError } from '../../../../src/store/jetstream/fenced-error.ts'
import { JetStreamApi } from '../../../../src/store/jetstream/jet-stream-api.ts'
import { JetStreamJournal } from '../../../../src/store/jetstream/jetstream-journal.ts'
import { LogStream } from '../../../../src/store/jetstream/log-stream.ts'
import { type RequestFault, SimulatedJetStream } from './simulated-jetstream.ts'

const PATIENCE_MS = 10_000
const options = { name: 'shard', subject: 'shard', replicas: 1 }

/** All who ever owned the stream; most of them do not know that they do not any more. */
class Owners {
  readonly server = new SimulatedJetStream()
  readonly #journals: JetStreamJournal[] = []
  readonly #positions: Map<string, number>[] = []
  /** What each found when it took over. */
  readonly #found: string[][] = []
  readonly #confirmed: string[][] = []
  readonly #removed = new Set<string>()
  readonly #underWay: Promise<unknown>[] = []

  get count(): number {
    return this.#journals.length
  }

  async takeOver(): Promise<string[]> {
    const api = new JetStreamApi(this.server)
    const patience = { untilMs: performance.now() + PATIENCE_MS }
    const isFirst = this.count === 0
    const stream = isFirst
      ? await LogStream.create(api, options, patience)
      : new LogStream(api, options)
    const epoch = this.count + 1
    const onDamage = ({ position, reason }: { position: number; reason: string }): void => {
      // A fenced owner may have truncated what was being read.
      if (position >= this.server.first) throw new Error(reason)
    }
    const journal = await JetStreamJournal.open({
      stream,
      epoch,
      onDamage,
      onFenced() {},
      patienceMs: PATIENCE_MS,
    })
    const found: string[] = []
    const positions = new Map<string, number>()
    await journal.recover((position, record) => {
      found.push(nameOf(record))
      positions.set(nameOf(record), position)
    })
    this.#journals.push(journal)
    this.#positions.push(positions)
    this.#found.push(found)
    this.#confirmed.push([])
    return found
  }

  /** Does not wait: an owner has many appends under way. */
  append(owner: number, sizes: readonly number[]): void {
    for (const size of sizes) {
      const name = `${owner + 1}:${this.#positions[owner]!.size}:${Math.random()}`
      this.#positions[owner]!.set(name, Number.NaN)
      const stored = this.#journals[owner]!.append([Buffer.from(`${name}\n`), Buffer.alloc(size)])
      this.#underWay.push(
        stored.then(
          (position) => {
            this.#positions[owner]!.set(name, position)
            this.#confirmed[owner]!.push(name)
          },
          () => this.#positions[owner]!.delete(name),
        ),
      )
    }
  }

  /** Removes some of what an owner knows to be stored, from the start. */
  truncate(owner: number, share: number): void {
    const known = [...this.#positions[owner]!].filter(([, position]) => !Number.isNaN(position))
    const removed = known.slice(0, Math.floor(known.length * share))
    const last = removed.at(-1)
    if (last === undefined) return
    for (const [name] of removed) this.#removed.add(name)
    this.#underWay.push(this.#journals[owner]!.truncate(last[1]).catch(() => {}))
  }

  async settle(): Promise<void> {
    await Promise.all(this.#underWay)
  }

  /** What a last owner finds must be what was confirmed, and begin with what each of the others found. */
  async check(): Promise<void> {
    await this.settle()
    const last = await this.takeOver()
    const kept = (names: readonly string[]): string[] =>
      names.filter((name) => !this.#removed.has(name))
    const all = kept(last)
    expect(new Set(all).size).toBe(all.length)
    for (const confirmed of this.#confirmed) {
      const names = new Set(kept(confirmed))
      expect(all.filter((name) => names.has(name))).toEqual([...names])
    }
    for (const found of this.#found) {
      const names = kept(found)
      expect(all.slice(0, names.length)).toEqual(names)
    }
  }
}

const nameOf = (record: Buffer): string => record.toString('latin1', 0, record.indexOf('\n'))

type Step =
  | { readonly do: 'append'; readonly owner: number; readonly sizes: number[] }
  | { readonly do: 'truncate'; readonly owner: number; readonly share: number }
  | { readonly do: 'take over' }
  | { readonly do: 'settle' }
  | { readonly do: 'deliver late' }
  | { readonly do: 'fail'; readonly faults: (RequestFault | undefined)[] }

/** An owner, from the last one back: the last one does the most. */
const owner = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(3))
const fault = fc.constantFrom<RequestFault | undefined>(
  'lost',
  'unanswered',
  'late',
  'nobody',
  undefined,
)
const steps = fc.array(
  fc.oneof<fc.WeightedArbitrary<Step>[]>(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('append'),
        owner,
        sizes: fc.array(fc.oneof(fc.nat(100), fc.nat(3000)), { maxLength: 30 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('fail'), faults: fc.array(fault, { maxLength: 5 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('truncate'),
        owner,
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.constantFrom<Step>(
        { do: 'take over' },
        { do: 'settle' },
        { do: 'deliver late' },
      ),
    },
  ),
  { maxLength: 25 },
)

async function run(history: readonly Step[]): Promise<void> {
  const owners = new Owners()
  await owners.takeOver()
  const faults: (RequestFault | undefined)[] = []
  owners.server.faultOf = () => faults.shift()
  for (const step of history) {
    if (step.do === 'append' || step.do === 'truncate') {
      const index = Math.max(0, owners.count - 1 - step.owner)
      if (step.do === 'append') owners.append(index, step.sizes)
      else owners.truncate(index, step.share)
    } else if (step.do === 'fail') faults.push(...step.faults)
    else if (step.do === 'take over') await owners.takeOver()
    else if (step.do === 'settle') await owners.settle()
    else owners.server.deliverLate()
    await new Promise((resolve) => setImmediate(resolve))
  }
  await owners.check()
}

describe('a stream that several owners write to', () => {
  it('has what was confirmed, in order, and nothing that comes before what an owner has found', async () => {
    await fc.assert(fc.asyncProperty(steps, run), { numRuns: 100 })
  }, 120_000)

  it('refuses an owner whose epoch is not the highest', async () => {
    const server = new SimulatedJetStream()
    const patience = { untilMs: performance.now() + PATIENCE_MS }
    const stream = await LogStream.create(new JetStreamApi(server), options, patience)
    const fenced: number[] = []
    const open = (epoch: number): Promise<JetStreamJournal> =>
      JetStreamJournal.open({ stream, epoch, onDamage() {}, onFenced: () => fenced.push(epoch) })
    const first = await open(1)
    await first.recover(() => {})
    const second = await open(2)
    await second.recover(() => {})
    await expect(first.append([Buffer.from('late')])).rejects.toThrow(FencedError)
    await expect(first.append([Buffer.from('later')])).rejects.toThrow('was taken over')
    expect(fenced).toEqual([1])
    const late = await open(1)
    await expect(late.recover(() => {})).rejects.toThrow('epoch 1 ended with epoch 2')
    await second.append([Buffer.from('in time')])
  })

  it('is not made anew when it is gone', async () => {
    const stream = new LogStream(new JetStreamApi(new SimulatedJetStream()), options)
    const opening = JetStreamJournal.open({ stream, epoch: 2, onDamage() {}, onFenced() {} })
    await expect(opening).rejects.toThrow('which holds messages, is gone from JetStream')
  })
})
