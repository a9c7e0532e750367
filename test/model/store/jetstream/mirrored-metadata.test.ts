import fc from 'fast-check'
import { expect, it } from 'vitest'
import { systemClock } from '../../../../src/base/clock.ts'
import { silentLogger } from '../../../../src/base/logger.ts'
import { MirroredMetadata } from '../../../../src/store/jetstream/mirrored-metadata.ts'
import { type Fate, pass, SimulatedBucket, SimulatedLink } from './simulated-bucket.ts'

const NODES = 3
const KEYS = ['a', 'b', 'c', 'd', 'e']

/** What a node wanted, and what it was told came of it. */
interface Attempt {
  readonly key: string
  readonly value: string | undefined
  /** Null for anything. */
  readonly expected: string | undefined | null
  /** How much the bucket had taken before it began, and when it was over. */
  readonly from: number
  upTo: number
  outcome: boolean | 'unknown'
}

const step = fc.record({
  node: fc.nat(NODES - 1),
  key: fc.constantFrom(...KEYS),
  what: fc.constantFrom('put', 'delete', 'create', 'replace', 'remove'),
  /** How many turns pass before the next one. */
  turns: fc.constantFrom(0, 0, 0, 0, 0, 1, 3, 10, 30),
  isLateDelivered: fc.constantFrom(false, false, false, true),
})
/** Most of it arrives, else nothing would ever be done. */
const fates = fc.infiniteStream(
  fc.oneof(
    { weight: 30, arbitrary: fc.constant<Fate>('arrives') },
    { weight: 1, arbitrary: fc.constantFrom<Fate>('lost', 'unanswered', 'late') },
  ),
)
const turns = fc.infiniteStream(fc.constantFrom(0, 1, 1, 2, 5))
/** Whom each node takes for the one who writes: they may be right, mostly, or not at all. */
const scribes = fc.oneof(
  fc.infiniteStream(fc.constantFrom(0, 0, 0, 0, 1, 2)),
  fc.infiniteStream(fc.constantFrom(0, 1, 2)),
)

it('makes what it says, once, from what was expected, and nothing of it later', async () => {
  const steps = fc.array(step, { minLength: 5, maxLength: 80 })
  await fc.assert(
    fc.asyncProperty(steps, fates, turns, scribes, async (history, fate, turn, scribe) => {
      let isQuiet = true
      const next = <Value>(stream: Iterator<Value>): Value => stream.next().value as Value
      const bucket = new SimulatedBucket()
      const newLink = (): SimulatedLink =>
        new SimulatedLink(
          bucket,
          () => (isQuiet ? 'arrives' : next(fate)),
          () => next(turn),
        )
      const links = Array.from({ length: NODES }, newLink)
      const stores = await Promise.all(links.map(openStore))
      for (const [index, store] of stores.entries()) {
        store.writeElsewhere(async (note) => {
          const other = next(scribe)
          if (other === index) return undefined
          const written = links[index]?.call(() =>
            (stores[other] as MirroredMetadata).scribe.write(note),
          )
          return written?.catch(() => undefined)
        })
      }

      isQuiet = false
      const attempts: Attempt[] = []
      const underWay: Promise<void>[] = []
      for (const [
        number,
        { node, key, what, turns: pause, isLateDelivered },
      ] of history.entries()) {
        const store = stores[node] as MirroredMetadata
        underWay.push(attempt(bucket, store, { key, what, value: `${number}` }, attempts))
        if (isLateDelivered) for (const link of links) link.deliverLate()
        await pass(pause)
      }
      await Promise.all(underWay)
      isQuiet = true
      for (const link of links) link.deliverLate()
      await pass(50)
      for (const one of attempts) check(bucket, one)
      for (const store of stores) expect(await store.load()).toEqual(bucket.values)
      for (const store of stores) await store.close()
    }),
    { numRuns: 100 },
  )
}, 120_000)

it('makes each once of many that two want at once, in any order', async () => {
  const order = fc.shuffledSubarray(KEYS, { minLength: KEYS.length })
  await fc.assert(
    fc.asyncProperty(order, order, turns, async (one, other, turn) => {
      const bucket = new SimulatedBucket()
      const open = (): Promise<MirroredMetadata> => {
        const link = new SimulatedLink(
          bucket,
          () => 'arrives',
          () => turn.next().value as number,
        )
        return openStore(link)
      }
      const [here, there] = await Promise.all([open(), open()])
      const made = await Promise.all([
        ...one.map((key) => here.replace(key, undefined, 'here')),
        ...other.map((key) => there.replace(key, undefined, 'there')),
      ])
      expect(made.filter((isMade) => isMade)).toHaveLength(KEYS.length)
      expect(bucket.taken.map(({ key }) => key).sort()).toEqual(KEYS)
      await Promise.all([here.close(), there.close()])
    }),
    { numRuns: 200 },
  )
})

function openStore({ asLink: link }: SimulatedLink): Promise<MirroredMetadata> {
  return MirroredMetadata.open({
    ...{ link, bucket: 'b', replicas: 1, clock: systemClock, logger: silentLogger },
    patienceMs: 150,
  })
}

async function attempt(
  bucket: SimulatedBucket,
  store: MirroredMetadata,
  { key, what, value }: { readonly key: string; readonly what: string; readonly value: string },
  attempts: Attempt[],
): Promise<void> {
  const expected = what === 'create' ? undefined : bucket.values.get(key)
  const isDeletion = what === 'delete' || what === 'remove'
  const one: Attempt = {
    key,
    value: isDeletion ? undefined : value,
    expected: what === 'put' || what === 'delete' ? null : expected,
    from: bucket.taken.length,
    upTo: 0,
    outcome: 'unknown',
  }
  attempts.push(one)
  try {
    if (what === 'put') one.outcome = await store.put(key, value).then(() => true)
    else if (what === 'delete') one.outcome = await store.delete(key).then(() => true)
    else one.outcome = await store.replace(key, expected, one.value)
  } catch {
    // Nobody knows what came of it.
  }
  one.upTo = bucket.taken.length
}

function check(
  { taken }: SimulatedBucket,
  { key, value, expected, from, upTo, outcome }: Attempt,
): void {
  const isIt = (change: (typeof taken)[number]): boolean =>
    change.key === key && change.value === value
  // Deletions are all alike.
  if (value === undefined) {
    if (outcome === true) expect(taken.slice(from, upTo).some(isIt)).toBe(true)
    return
  }
  const places = taken.flatMap((change, at) => (isIt(change) ? [at] : []))
  if (outcome === true) expect(places.length).toBeGreaterThan(0)
  if (expected !== null) expect(places.length).toBeLessThan(2)
  for (const place of places) {
    if (outcome !== 'unknown') expect(place).toBeLessThan(upTo)
    if (expected === null) continue
    expect(taken.slice(0, place).findLast((change) => change.key === key)?.value).toBe(expected)
  }
}
