// What a scenario is given: channels that open themselves when they are first used, on two
// connections, and more of both by name.

import type { Administration } from './administration.ts'
import { Channel } from './channel.ts'
import { Link, type Login, Refused, type Scene, Stuck } from './link.ts'

export interface StageParts extends Scene {
  readonly administration: Administration
}

/** Something to be played on a stage; the transcript is all that comes out of it. */
export type Scenario = (stage: Stage) => Promise<void>

/** Scenarios by what they show, on one topic. */
export interface Topic {
  readonly topic: string
  readonly scenarios: Readonly<Record<string, Scenario>>
}

export class Stage {
  readonly administration: Administration
  readonly virtualHost: string
  readonly #scene: Scene
  readonly #links = new Map<string, Link>()
  readonly #channels: Channel[] = []

  constructor(parts: StageParts) {
    this.#scene = parts
    this.administration = parts.administration
    this.virtualHost = parts.virtualHost
  }

  /** Plays a scenario to its end, and takes what was left unsaid. */
  async play(scenario: Scenario): Promise<void> {
    try {
      await this.act(scenario)
    } finally {
      await this.leave()
    }
  }

  /** The same, after which its connections are still there. */
  async act(scenario: Scenario): Promise<void> {
    try {
      await scenario(this)
      for (const channel of this.#channels) if (channel.isOpen) await channel.quiet()
    } catch (error) {
      if (error instanceof Refused) return
      if (!(error instanceof Stuck)) throw error
      this.#scene.transcript.add(`! ${error.message}`)
    }
  }

  async leave(): Promise<void> {
    for (const link of this.#links.values()) await link.drop()
  }

  /** Channel 1 of connection `a`. */
  get a(): Channel {
    return this.channel('a', 1)
  }

  /** Channel 2 of connection `a`. */
  get a2(): Channel {
    return this.channel('a', 2)
  }

  /** Channel 1 of connection `b`. */
  get b(): Channel {
    return this.channel('b', 1)
  }

  channel(connection: string, number: number): Channel {
    const link = this.connection(connection)
    const known = this.#channels.find((it) => it.link === link && it.number === number)
    if (known !== undefined) return known
    const channel = new Channel(link, number)
    this.#channels.push(channel)
    return channel
  }

  connection(name: string, login: Login = {}): Link {
    const known = this.#links.get(name)
    if (known !== undefined) return known
    const link = new Link(name, this.#scene, login)
    this.#links.set(name, link)
    return link
  }

  /** A line of the scenario's own in the transcript. */
  note(line: string): void {
    this.#scene.transcript.add(`# ${line}`)
  }
}
