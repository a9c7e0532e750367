import { Histogram } from './histogram.ts'

/** What has happened so far in one measurement, for all its connections together. */
export class Tally {
  published = 0
  confirmed = 0
  /** Deliveries that the publishes so far must lead to. */
  expected = 0
  consumed = 0
  /** The longest that a message left after it was due. */
  lateMaxUs = 0
  readonly latency: Histogram = new Histogram()
  readonly confirmLatency: Histogram = new Histogram()

  /** The warmup is over: times taken so far do not count. */
  forgetTimes(): void {
    this.lateMaxUs = 0
    this.latency.clear()
    this.confirmLatency.clear()
  }
}
