import {
  CONNECTION_OPEN,
  CONNECTION_START_OK,
  CONNECTION_TUNE_OK,
  type ConnectionOpen,
  type ConnectionStartOk,
  type ConnectionTuneOk,
  type FieldTable,
  type Method,
} from 'amqp-codec'
import type { Access } from '../auth/access.ts'
import type { FailedLogins } from '../auth/failed-logins.ts'
import type { Credentials, Mechanism, Proven } from '../auth/sasl.ts'
import type { User } from '../auth/user.ts'
import type { Authenticator } from '../auth/users.ts'
import type { Logger } from '../base/logger.ts'
import type { CompatProfile } from '../config/compat.ts'
import {
  loginRefused,
  negotiatedTooHigh,
  negotiatedTooLow,
  unexpectedConnectionMethod,
  userConnectionLimit,
  vhostAccessRefused,
  vhostConnectionLimit,
  vhostNotFound,
} from '../reasons.ts'
import type { Vhost } from '../vhost/vhost.ts'

/** What the server proposes in `connection.tune`; the client may lower it. 0 is no limit. */
export interface TuneLimits {
  readonly channelMax: number
  readonly frameMax: number
}

export interface HandshakeOptions extends TuneLimits {
  readonly authenticator: Authenticator
  readonly failedLogins: FailedLogins
  /** Where the client is. */
  readonly address: string
  readonly fromLoopback: boolean
  /** Hears of every attempt to log in. */
  readonly triedToLogIn: (username: string, mechanism: string, isSuccess: boolean) => void
  readonly findVhost: (name: string) => Vhost | undefined
  readonly accessOf: (user: User, vhost: string) => Access
  readonly profile: CompatProfile
  /** What is offered. */
  readonly mechanisms: ReadonlyMap<string, Mechanism>
  readonly logger: Logger
}

/** What the client said of itself and what was agreed. */
export interface Session {
  readonly user: User
  readonly vhost: Vhost
  /** What the user may do there. */
  readonly access: Access
  readonly clientProperties: FieldTable
  readonly capabilities: ReadonlySet<string>
  /** How the user logged in. */
  readonly mechanism: string
  readonly channelMax: number
  readonly frameMax: number
  readonly heartbeatSec: number
}

/**
 * The client's refusal is not explained on the wire, as in RabbitMQ: the connection is dropped after
 * a while, so that guessing is slow.
 */
export class SilentRefusal extends Error {}

export type HandshakeStep =
  | { readonly next: 'tune' }
  | { readonly next: 'await-open'; readonly frameMax: number; readonly heartbeatSec: number }
  | { readonly next: 'run'; readonly session: Session }

/**
 * The order of a connection's first methods, spec §2.2.4. What it throws ends the connection.
 *
 *     starting ─ start-ok ─▶ tuning ─ tune-ok ─▶ opening ─ open ─▶ done
 */
export class Handshake {
  readonly #options: HandshakeOptions
  #state: 'starting' | 'tuning' | 'opening' = 'starting'
  #user: User | undefined
  #clientProperties: FieldTable = new Map()
  #capabilities: ReadonlySet<string> = new Set()
  #mechanism = ''
  #tuned: ConnectionTuneOk | undefined

  constructor(options: HandshakeOptions) {
    this.#options = options
  }

  get state(): string {
    return this.#state
  }

  onMethod(method: Method): HandshakeStep {
    switch (this.#state) {
      case 'starting':
        if (method.id !== CONNECTION_START_OK) throw new SilentRefusal('expected start-ok')
        return this.#onStartOk(method)
      case 'tuning':
        if (method.id !== CONNECTION_TUNE_OK) throw new SilentRefusal('expected tune-ok')
        return this.#onTuneOk(method)
      case 'opening':
        if (method.id !== CONNECTION_OPEN) throw unexpectedConnectionMethod('opening')
        return this.#onOpen(method)
      default:
        return this.#state satisfies never
    }
  }

  #onStartOk(method: ConnectionStartOk): HandshakeStep {
    this.#clientProperties = method.clientProperties
    this.#capabilities = capabilitiesOf(method.clientProperties)
    this.#mechanism = method.mechanism
    const read = this.#options.mechanisms.get(method.mechanism)
    if (read === undefined)
      throw new SilentRefusal(`mechanism '${method.mechanism}' is not offered`)
    const claim = read(method.response)
    if (claim === undefined) throw new SilentRefusal(`malformed ${method.mechanism} response`)
    this.#user = this.#login(claim)
    if (this.#user === undefined) {
      if (this.#capabilities.has('authentication_failure_close'))
        throw loginRefused(method.mechanism)
      throw new SilentRefusal(`user '${claim.username}' was refused`)
    }
    this.#state = 'tuning'
    return { next: 'tune' }
  }

  /** The user, or undefined after telling the log why not. */
  #login(claim: Credentials | Proven): User | undefined {
    const { authenticator, failedLogins, address, fromLoopback, logger } = this.#options
    const { username } = claim
    const waitMs = failedLogins.waitMs(address, username)
    if (waitMs > 0) {
      logger.warn({ user: username, waitMs }, 'Refused a login: too many have failed before it')
      return undefined
    }
    const user =
      'isProven' in claim
        ? authenticator.admit(username, fromLoopback)
        : authenticator.authenticate(username, claim.password, fromLoopback)
    this.#options.triedToLogIn(username, this.#mechanism, user !== undefined)
    if (user !== undefined) return user
    failedLogins.add(address, username)
    logger.warn({ user: username }, 'Refused a login')
    return undefined
  }

  #onTuneOk(method: ConnectionTuneOk): HandshakeStep {
    const { channelMax, frameMax } = this.#options
    const { minFrameMax } = this.#options.profile
    if (method.frameMax !== 0 && method.frameMax < minFrameMax) {
      throw negotiatedTooLow('frame_max', method.frameMax, minFrameMax)
    }
    assertWithin('frame_max', method.frameMax, frameMax)
    assertWithin('channel_max', method.channelMax, channelMax)
    this.#tuned = method
    this.#state = 'opening'
    return { next: 'await-open', frameMax: method.frameMax, heartbeatSec: method.heartbeat }
  }

  #onOpen(method: ConnectionOpen): HandshakeStep {
    const vhost = this.#options.findVhost(method.virtualHost)
    if (vhost === undefined) throw vhostNotFound(method.virtualHost)
    const user = this.#user as User
    assertRoom(user, vhost)
    const access = this.#options.accessOf(user, vhost.name)
    if (access.grants.permission === undefined) throw vhostAccessRefused(vhost.name, user.name)
    const { channelMax, frameMax, heartbeat } = this.#tuned as ConnectionTuneOk
    const session: Session = {
      user,
      vhost,
      access,
      clientProperties: this.#clientProperties,
      capabilities: this.#capabilities,
      mechanism: this.#mechanism,
      channelMax,
      frameMax,
      heartbeatSec: heartbeat,
    }
    return { next: 'run', session }
  }
}

/** Throws 530 when there are as many connections as there may be. */
function assertRoom(user: User, vhost: Vhost): void {
  if (vhost.connectionCount >= vhost.connectionLimit) {
    throw vhostConnectionLimit(vhost.name, user.name, vhost.connectionLimit)
  }
  if (user.connectionCount >= user.connectionLimit) {
    throw userConnectionLimit(user.name, user.connectionLimit)
  }
}

/** 0 stands for no limit: more than any limit, on either side. */
function assertWithin(what: string, value: number, limit: number): void {
  if (limit !== 0 && (value === 0 || value > limit)) throw negotiatedTooHigh(what, value, limit)
}

function capabilitiesOf(clientProperties: FieldTable): ReadonlySet<string> {
  const capabilities = clientProperties.get('capabilities')
  if (capabilities?.type !== 'F') return new Set()
  const set = [...capabilities.value].filter(([, value]) => value.type === 't' && value.value)
  return new Set(set.map(([name]) => name))
}
