import { Happenings } from '../base/happenings.ts'
import type { LogFields, Logger } from '../base/logger.ts'
import type { Shortage } from '../connection/shortage.ts'

/** What a broker can be short of, in the order in which RabbitMQ names them. */
const RESOURCES = ['disk', 'memory'] as const

/** What a broker can be short of. */
export type AlarmResource = (typeof RESOURCES)[number]

/** Who says so: what the broker measures, a journal that takes no more, the program around it. */
export type AlarmSource = 'monitor' | 'journal' | 'program'

/**
 * The resources that are short at the moment, and who says so: one is short until nobody says so any
 * more. While there are any, publishers are held back and consumers are served.
 * https://www.rabbitmq.com/docs/alarms
 */
export class Alarms {
  readonly #raised = new Map(RESOURCES.map((resource) => [resource, new Set<AlarmSource>()]))
  readonly #logger: Logger
  readonly #onChange: (shortage: Shortage | null) => void
  readonly #happenings: Happenings

  /** @param onChange is told what is short, null when nothing is. */
  constructor(
    logger: Logger,
    onChange: (shortage: Shortage | null) => void,
    happenings: Happenings = new Happenings(),
  ) {
    this.#logger = logger
    this.#onChange = onChange
    this.#happenings = happenings
  }

  /** What is short. */
  get raised(): AlarmResource[] {
    return RESOURCES.filter((resource) => this.#raised.get(resource)?.size !== 0)
  }

  /** @param figures go into the log: what was measured, for one. */
  set(
    resource: AlarmResource,
    source: AlarmSource,
    raised: boolean,
    figures: LogFields = {},
  ): void {
    const sources = this.#raised.get(resource) as Set<AlarmSource>
    if (sources.has(source) === raised) return
    const before = this.#reason
    if (raised) sources.add(source)
    else sources.delete(source)
    const isFirstOrLast = sources.size === (raised ? 1 : 0)
    const name = raised ? 'alarm.set' : 'alarm.cleared'
    if (isFirstOrLast) this.#happenings.tell(name, () => ({ resource }))
    const reason = this.#reason
    this.#log(raised, reason, { resource, source, ...figures })
    if (reason !== before) this.#onChange(this.#shortage(reason))
  }

  #shortage(reason: string | null): Shortage | null {
    return reason === null ? null : { reason, isOfMemory: this.#raised.get('memory')?.size !== 0 }
  }

  get #reason(): string | null {
    const short = this.raised
    return short.length === 0 ? null : `low on ${short.join(' & ')}`
  }

  #log(raised: boolean, reason: string | null, fields: LogFields): void {
    if (raised) this.#logger.warn(fields, 'Alarm raised, publishers are held back until it clears')
    else if (reason === null) this.#logger.info(fields, 'Alarm cleared, publishers go on')
    else this.#logger.info({ ...fields, reason }, 'Alarm cleared, but another one lasts')
  }
}
