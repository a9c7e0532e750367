/** What can happen, in the words of a report. */
const WORDS = [
  'published to',
  'confirmed',
  'refused',
  'commit sent',
  'committed',
  'rolled back',
  'delivered from',
  'delivered as redelivered from',
  'acked to',
  'acked in a transaction to',
  'requeued to',
  'returned by a lost consumer to',
  'known to be settled in',
  'the broker was killed',
  'the broker was stopped',
] as const

export type Happening = (typeof WORDS)[number]

/** Fields of an event: what, lane, number, queue (-1 for none), connection. */
const WIDTH = 5
const CHUNK_EVENTS = 1 << 16
/** About 160 MB of events; what is older is forgotten. */
const CHUNKS_MAX = 128

type Fields = [what: number, lane: number, number: number, queue: number, connection: number]

export interface Happened {
  readonly what: Happening
  readonly lane?: number
  readonly number?: number
  readonly queue?: number
  readonly connection?: number
}

/** All that happened, in few bytes each, so that a violation can be told with its message's story. */
export class History {
  readonly #chunks: Int32Array[] = []
  readonly #counts = WORDS.map(() => 0)
  #forgotten = 0
  #used = CHUNK_EVENTS

  add({ what, lane = -1, number = -1, queue = -1, connection = -1 }: Happened): void {
    if (this.#used === CHUNK_EVENTS) this.#grow()
    const chunk = this.#chunks.at(-1) as Int32Array
    const at = this.#used++ * WIDTH
    const word = WORDS.indexOf(what)
    this.#counts[word] = (this.#counts[word] as number) + 1
    chunk[at] = word
    chunk[at + 1] = lane
    chunk[at + 2] = number
    chunk[at + 3] = queue
    chunk[at + 4] = connection
  }

  /** How often each thing happened that did. */
  get counts(): Partial<Record<Happening, number>> {
    const counts = WORDS.map((word, index) => [word, this.#counts[index]] as const)
    return Object.fromEntries(counts.filter(([, count]) => count !== 0))
  }

  /** The story of some messages: their events, and the ends of the broker in between. */
  of(
    messages: readonly { readonly lane: number; readonly number: number }[],
    queueName: (index: number) => string,
  ): string[] {
    const wanted = new Set(messages.map(({ lane, number }) => nameOf(lane, number)))
    const lines: string[] = []
    let isFound = false
    for (const [index, chunk] of this.#chunks.entries()) {
      const end = index === this.#chunks.length - 1 ? this.#used : CHUNK_EVENTS
      for (let event = 0; event < end; event++) {
        const lane = chunk[event * WIDTH + 1] as number
        const number = chunk[event * WIDTH + 2] as number
        const isOfBroker = lane < 0
        if (isOfBroker ? !isFound : !wanted.has(nameOf(lane, number))) continue
        isFound = true
        const when = (this.#forgotten + index) * CHUNK_EVENTS + event
        lines.push(`#${when} ${tell(chunk, event * WIDTH, queueName)}`)
      }
    }
    return lines
  }

  #grow(): void {
    if (this.#chunks.length === CHUNKS_MAX) {
      this.#chunks.shift()
      this.#forgotten++
    }
    this.#chunks.push(new Int32Array(CHUNK_EVENTS * WIDTH))
    this.#used = 0
  }
}

function tell(chunk: Int32Array, at: number, queueName: (index: number) => string): string {
  const [what, lane, number, queue, connection] = chunk.subarray(
    at,
    at + WIDTH,
  ) as unknown as Fields
  const words = [WORDS[what] as string]
  if (lane >= 0) words.unshift(nameOf(lane, number))
  if (queue >= 0) words.push(queueName(queue))
  if (connection >= 0) words.push(`on connection ${connection}`)
  return words.join(' ')
}

/** How a message is called in reports. */
export function nameOf(lane: number, number: number): string {
  return `${lane}/${number}`
}
