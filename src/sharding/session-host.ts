import type { Logger } from '../base/logger.ts'
import type { Turn } from '../base/turn.ts'
import type { TicketSource } from '../message-log/ticket-source.ts'
import type { Delays } from '../queue/delays.ts'
import type { Engine } from './engine.ts'
import type { FrontRecord } from './front-record.ts'
import type { HeldPlaces } from './held-places.ts'
import type { LinkSender } from './link/link-sender.ts'
import type { Greeting } from './wire/front-words.ts'

/** A session, as its host knows it. */
export interface HostedSession {
  readonly linkId: string
  readonly greeting: Greeting | undefined
  /** It can begin now. */
  welcome(): void
  /** There is room again on the way to the front. */
  drained(): void
}

/** The owner of a place, as its sessions know it. */
export interface SessionHost {
  readonly log: TicketSource | null
  readonly turn: Turn
  readonly logger: Logger
  find(queue: number): Engine | undefined
  /** Those of the queue that has that id, or of an exchange whose delays have it. */
  delaysOf(id: number): Delays | undefined
  /** Resolves when the queue is known here if it is anywhere; never rejects. */
  told(): Promise<void>
  /** The session says who it is: gives what is known of its publishes, and what it had in another session. */
  greeted(session: HostedSession, greeting: Greeting): { record: FrontRecord; held: HeldPlaces }
  openLink(session: HostedSession, address: string): LinkSender
  /** It has claimed what it has: `welcome` is to be called when all have. */
  ready(session: HostedSession): void
  /** A queue's consumers left while a front was away, and nobody told the queue so. */
  lastConsumerLeft(engine: Engine): void
  broken(session: HostedSession, reason: string): void
  /** What is known of publishes has changed. */
  noted(): void
}
