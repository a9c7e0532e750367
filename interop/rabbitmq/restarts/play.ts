// All scenarios with a restart at once, for a broker takes long to come back: first all their first
// halves, then one restart, then all their second halves.

import type { Administration } from '../stage/administration.ts'
import { virtualHostOf } from '../stage/peers.ts'
import { Stage } from '../stage/stage.ts'
import { Transcript } from '../stage/transcript.ts'
import type { Restart } from './restart.ts'

/** A broker while it runs. */
export interface Running {
  readonly port: number
  readonly patienceMs: number
  administrationOf(virtualHost: string): Administration & { addVirtualHost(): Promise<void> }
}

/** A scenario of which the first half has been played. */
export interface Half {
  readonly name: string
  readonly restart: Restart
  readonly stage: Stage
  readonly transcript: Transcript
}

/** What is played at a time: more would only wait for each other. */
const CONCURRENCY = 12

export async function playBefore(
  running: Running,
  restarts: ReadonlyMap<string, Restart>,
): Promise<Half[]> {
  const halves: Half[] = []
  await eachOf(restarts, async ([name, restart]) => {
    const virtualHost = virtualHostOf(name)
    const administration = running.administrationOf(virtualHost)
    await administration.addVirtualHost()
    const transcript = new Transcript(virtualHost)
    const stage = new Stage({ ...running, virtualHost, transcript, administration })
    halves.push({ name, restart, stage, transcript })
    await stage.act(restart.before)
  })
  return halves
}

/** What connections were told at the end, after which they are given up. */
export async function playMeanwhile(halves: readonly Half[]): Promise<void> {
  for (const { stage, restart, transcript } of halves) {
    transcript.add('# the broker ends, and begins again')
    if (restart.meanwhile !== undefined) await stage.act(restart.meanwhile)
    await stage.leave()
  }
}

/** Goes on with each; gives whole transcripts by name. */
export async function playAfter(
  running: Running,
  halves: readonly Half[],
): Promise<Map<string, readonly string[]>> {
  const transcripts = new Map<string, readonly string[]>()
  await eachOf(halves, async ({ name, restart, transcript: first }) => {
    const virtualHost = virtualHostOf(name)
    const administration = running.administrationOf(virtualHost)
    const transcript = first.fork()
    const stage = new Stage({ ...running, virtualHost, transcript, administration })
    await stage.play(restart.after)
    transcripts.set(name, transcript.lines)
  })
  return transcripts
}

async function eachOf<T>(items: Iterable<T>, play: (item: T) => Promise<void>): Promise<void> {
  const waiting = items[Symbol.iterator]()
  const playNext = async (): Promise<void> => {
    for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
      await play(next.value)
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, playNext))
}
