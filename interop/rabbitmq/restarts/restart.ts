// A scenario in two halves, between which the broker ends and begins again.

import type { Scenario } from '../stage/stage.ts'

export interface Restart {
  /** Whatever is to be kept has to be confirmed by its end; its connections are still open then. */
  readonly before: Scenario
  /** Played on the first half's stage when the broker is gone: only what has come can be taken. */
  readonly meanwhile?: Scenario
  /** On a stage of its own. */
  readonly after: Scenario
}

/** Such scenarios by what they show, on one topic. */
export interface RestartTopic {
  readonly topic: string
  readonly scenarios: Readonly<Record<string, Restart>>
}
