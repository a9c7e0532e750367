/** How many intervals a peer may be silent. */
const PATIENCE = 3

/**
 * Heartbeats of one connection, in both directions. Spec §4.2.7 and
 * https://www.rabbitmq.com/docs/heartbeats: one is sent when nothing else was for half the interval,
 * and a peer that sent nothing for three intervals is gone. RabbitMQ looks once an interval and gives up
 * when two looks in a row have seen nothing new, which is after two to three; some clients send a second
 * heartbeat only after two.
 *
 * Traffic only sets a flag; times are taken when the ticker asks, so a frame costs no clock.
 */
export class Heartbeat {
  readonly #intervalMs: number
  readonly #sendAfterMs: number
  #heard = true
  #sent = true
  /** What was sent since the last tick is a heartbeat, if nothing else. */
  #beaten = false
  #heardAtMs = 0
  #sentAtMs = 0

  /** Rather half a tick early than half a tick late: some clients wait for one interval only. */
  constructor(intervalSec: number, tickMs: number) {
    this.#intervalMs = intervalSec * 1000
    this.#sendAfterMs = (this.#intervalMs - tickMs) / 2
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
    if (this.#sent && !this.#beaten) this.#sentAtMs = nowMs
    this.#heard = false
    this.#sent = false
    this.#beaten = false
    if (nowMs - this.#heardAtMs >= this.#intervalMs * PATIENCE) return 'drop'
    if (nowMs - this.#sentAtMs < this.#sendAfterMs) return 'nothing'
    this.#sentAtMs = nowMs
    this.#beaten = true
    return 'send'
  }
}
