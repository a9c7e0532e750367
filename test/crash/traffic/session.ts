import { Client } from '../client/client.ts'
import type { Connection } from '../ledger/connection.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Random } from './random.ts'

/** Somebody who does something on a channel. */
export interface Actor {
  /** The socket, or the broker, takes more. */
  pump(): void
}

/** A connection with the account of it, and who is at work there. */
export class Session {
  readonly client: Client
  readonly account: Connection
  readonly random: Random
  /** Called for whatever the broker answers or delivers. */
  readonly onEvent: () => void
  readonly #actors: Actor[] = []
  #channelCount = 0

  static async open(options: {
    readonly port: number
    readonly ledger: Ledger
    readonly random: Random
    readonly onEvent: () => void
  }): Promise<Session> {
    const client = await Client.open(options.port)
    return new Session(client, options.ledger.connect(), options)
  }

  private constructor(
    client: Client,
    account: Connection,
    { random, onEvent }: { readonly random: Random; readonly onEvent: () => void },
  ) {
    this.client = client
    this.account = account
    this.random = random
    this.onEvent = onEvent
    client.onWritable = () => {
      for (const actor of this.#actors) actor.pump()
    }
  }

  /** Opens one more channel. */
  async channel(): Promise<number> {
    const channel = ++this.#channelCount
    await this.client.openChannel(channel)
    return channel
  }

  /** Rejects when the connection ends. */
  async brokenOff(): Promise<never> {
    await this.client.ended
    throw this.client.failure ?? new Error('the connection ended')
  }

  employ(actor: Actor): void {
    this.#actors.push(actor)
  }
}
