// What was said between a scenario and a broker, line by line, in the order in which the scenario
// looked at it. That order is the scenario's own: two brokers that say the same on every channel have
// equal transcripts, however the channels of one connection overtook each other.

/** Names that brokers make up, but for what they begin with. */
const VOLATILE = /(amq\.gen-|amq\.ctag-|amq\.rabbitmq\.reply-to\.)[A-Za-z0-9_+/=.-]+/g

const CANCEL = '< basic.cancel '

export class Transcript {
  readonly lines: string[] = []
  readonly #virtualHost: string
  /** What made-up names are called here, by the names. */
  readonly #aliases = new Map<string, string>()
  readonly #counts = new Map<string, number>()

  constructor(virtualHost: string) {
    this.#virtualHost = virtualHost
  }

  /** Another that goes on from here. */
  fork(): Transcript {
    const fork = new Transcript(this.#virtualHost)
    fork.lines.push(...this.lines)
    for (const [name, alias] of this.#aliases) fork.#aliases.set(name, alias)
    for (const [prefix, count] of this.#counts) fork.#counts.set(prefix, count)
    return fork
  }

  add(line: string): void {
    const named = line.replace(VOLATILE, (name, prefix: string) => this.#alias(name, prefix))
    this.lines.splice(this.#placeOf(named), 0, named.replaceAll(this.#virtualHost, 'V'))
  }

  /** A queue that is deleted tells its consumers, one after the other, in an order that is open. */
  #placeOf(line: string): number {
    let place = this.lines.length
    if (!line.includes(CANCEL)) return place
    const isLater = (other: string | undefined): boolean =>
      other?.includes(CANCEL) === true && other > line
    while (isLater(this.lines[place - 1])) place--
    return place
  }

  #alias(name: string, prefix: string): string {
    const known = this.#aliases.get(name)
    if (known !== undefined) return known
    const count = (this.#counts.get(prefix) ?? 0) + 1
    this.#counts.set(prefix, count)
    const alias = `${prefix}#${count}`
    this.#aliases.set(name, alias)
    return alias
  }
}
