/**
 * Heartbeats of one connection, in both directions. Spec §4.2.7 and
 * https://www.rabbitmq.com/docs/heartbeats: one is sent when nothing else was for half the interval,
 * and a peer that sent nothing for two intervals is gone.
 *
 * Traffic only sets a flag; times are taken when the ticker asks, so a frame costs no clock.
 */
export class Heartbeat {
  readonly #intervalMs: number
  #heard = true
  #sent = true
  #heardAtMs = 0
  #sentAtMs = 0

  constructor(intervalSec: number) {
    this.#intervalMs = intervalSec * 1000
  }

  heard(): void {
    this.#heard = true
  }

  sent(): void {
    this.#sent = true
  }

  /** What is to be done now. */
  tick(nowMs: number): 'nothing' | 'send' | 'drop' {
    if (this.#heard) this.#heardAtMs = nowMs
    if (this.#sent) this.#sentAtMs = nowMs
    this.#heard = false
    this.#sent = false
    if (nowMs - this.#heardAtMs >= this.#intervalMs * 2) return 'drop'
    return nowMs - this.#sentAtMs >= this.#intervalMs / 2 ? 'send' : 'nothing'
  }
}
