import type { Clock } from '../../base/clock.ts'
import type { KvNote, KvReceipt } from '../../store/jetstream/kv-note.ts'
import type { KvScribe } from '../../store/jetstream/kv-scribe.ts'
import type { Questions } from './questions.ts'

const QUESTION = 'make'
/** Whoever has not answered by then may still do it, which does no harm. */
const PATIENCE_MS = 2000
/** And is left alone for so long. */
const AWAY_MS = 5000

/** A note as it goes to another node: null deletes. */
type NoteText = readonly (readonly [after: number, id: string, key: string, value: string | null])[]

/**
 * Has one node write the definitions of all: the first one by name that answers. Nothing depends on it that all
 * take the same one for that, or that there is any; if several write, they get in each other's way.
 */
export class Scribes {
  readonly #node: string
  readonly #questions: Pick<Questions, 'ask' | 'answer'>
  readonly #nodes: () => Iterable<string>
  readonly #clock: Clock
  /** Until when nodes are left alone. */
  readonly #away = new Map<string, number>()

  /** `nodes` are those who can write, this one among them. */
  constructor(
    node: string,
    questions: Pick<Questions, 'ask' | 'answer'>,
    nodes: () => Iterable<string>,
    clock: Clock,
  ) {
    this.#node = node
    this.#questions = questions
    this.#nodes = nodes
    this.#clock = clock
  }

  /** With that this node writes for others. */
  answer(scribe: Pick<KvScribe, 'write'>): void {
    this.#questions.answer(this.#node, QUESTION, async (text) => {
      const changes = JSON.parse(text) as NoteText
      const note = changes.map(([after, id, key, value]) => {
        return { after, id, key, value: value ?? undefined }
      })
      const receipt = await scribe.write(note).catch(() => undefined)
      return receipt === undefined ? '' : JSON.stringify(receipt)
    })
  }

  /** Undefined when this node is to write itself. */
  async write(note: KvNote): Promise<KvReceipt | undefined> {
    const scribe = this.#scribe()
    if (scribe === undefined || scribe === this.#node) return undefined
    const changes: NoteText = note.map(({ after, id, key, value }) => [
      after,
      id,
      key,
      value ?? null,
    ])
    const said = await this.#questions.ask(scribe, QUESTION, PATIENCE_MS, JSON.stringify(changes))
    if (said === undefined) this.#away.set(scribe, this.#clock.now() + AWAY_MS)
    return said ? (JSON.parse(said) as KvReceipt) : undefined
  }

  #scribe(): string | undefined {
    const nowMs = this.#clock.now()
    const isThere = (name: string): boolean => (this.#away.get(name) ?? nowMs) <= nowMs
    return [...this.#nodes()].filter(isThere).sort()[0]
  }
}
