import type { Clock } from '../base/clock.ts'

/** So many in a row are looked at at once, and one more each time that the interval has passed. */
interface Pace {
  readonly burst: number
  readonly intervalMs: number
}

/** For one user, from one address. */
const PER_USER: Pace = { burst: 10, intervalMs: 2000 }
/** For whatever names, from one address: many programs may be behind it. */
const PER_ADDRESS: Pace = { burst: 100, intervalMs: 200 }
/** Who is remembered at a time; of more, those who failed longest ago are forgotten. */
const MAX_KEYS = 10_000
/** A name may be of any length. */
const MAX_NAME_LENGTH = 255

/**
 * Counts failed logins, so that passwords cannot be guessed in thousands: who has failed too often is
 * not even looked at for a while, right password or not. It holds for all ways in together.
 */
export class FailedLogins {
  readonly #ofUsers: FailureTimes
  readonly #ofAddresses: FailureTimes

  constructor(clock: Clock) {
    this.#ofUsers = new FailureTimes(PER_USER, clock)
    this.#ofAddresses = new FailureTimes(PER_ADDRESS, clock)
  }

  /** How long the next attempt has to wait; 0 when it may come now. */
  waitMs(address: string, username: string): number {
    const network = networkOf(address)
    return Math.max(
      this.#ofUsers.waitMs(userKey(network, username)),
      this.#ofAddresses.waitMs(network),
    )
  }

  /** An attempt that was looked at has failed. */
  add(address: string, username: string): void {
    const network = networkOf(address)
    this.#ofUsers.add(userKey(network, username))
    this.#ofAddresses.add(network)
  }
}

class FailureTimes {
  readonly #pace: Pace
  readonly #clock: Clock
  /** When all failures of a key will be forgotten, in the clock's milliseconds. */
  readonly #clearAtMs = new Map<string, number>()

  constructor(pace: Pace, clock: Clock) {
    this.#pace = pace
    this.#clock = clock
  }

  waitMs(key: string): number {
    const { burst, intervalMs } = this.#pace
    const clearAtMs = this.#clearAtMs.get(key)
    if (clearAtMs === undefined) return 0
    return Math.max(0, clearAtMs - this.#clock.now() - (burst - 1) * intervalMs)
  }

  add(key: string): void {
    const nowMs = this.#clock.now()
    const clearAtMs = Math.max(nowMs, this.#clearAtMs.get(key) ?? nowMs) + this.#pace.intervalMs
    // The map is in the order of the last failures.
    this.#clearAtMs.delete(key)
    this.#clearAtMs.set(key, clearAtMs)
    if (this.#clearAtMs.size <= MAX_KEYS) return
    const [oldest] = this.#clearAtMs.keys()
    this.#clearAtMs.delete(oldest as string)
  }
}

const userKey = (network: string, username: string): string =>
  `${network} ${username.slice(0, MAX_NAME_LENGTH)}`

/** An IPv4 address, however it is written; of IPv6 the first 64 bits, since who has one has all. */
function networkOf(address: string): string {
  const [, mapped] = /^::ffff:([\d.]+)$/i.exec(address) ?? []
  if (mapped !== undefined) return mapped
  if (!address.includes(':')) return address
  const [left = [], right = []] = address
    .replace(/%.*$/, '')
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''))
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  return [...left, ...zeros, ...right].slice(0, 4).join(':')
}
