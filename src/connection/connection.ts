import type { Socket } from 'node:net'
import {
  CHANNEL_CLOSE,
  CONNECTION_CLOSE,
  CONNECTION_CLOSE_OK,
  CONNECTION_OPEN_OK,
  CONNECTION_START,
  CONNECTION_TUNE,
  CONNECTION_UPDATE_SECRET,
  CONNECTION_UPDATE_SECRET_OK,
  decodeMethod,
  FRAME_HEARTBEAT,
  FRAME_METHOD,
  FRAME_MIN_SIZE,
  FrameError,
  FrameParser,
  type FrameSink,
  type Method,
  PROTOCOL_HEADER,
} from 'amqp-codec'
import { type Mechanism, mechanismsFor } from '../auth/sasl.ts'
import type { Logger } from '../base/logger.ts'
import { isLoopbackAddress } from '../base/loopback-address.ts'
import type { Tickable } from '../base/ticker.ts'
import type { Channel } from '../channel/channel.ts'
import { AmqpError } from '../errors.ts'
import { frameOutOfPlace, shutdown, unexpectedConnectionMethod } from '../reasons.ts'
import { isBasicPublish } from '../vhost/publish-request.ts'
import { channelContext } from './channel-context.ts'
import { ChannelTable } from './channel-table.ts'
import { describeConnection, describeLogin } from './connection-description.ts'
import type { ConnectionSettings } from './connection-settings.ts'
import { printedPayload } from './erlang-binary.ts'
import { type Failure, type Frame, failureOf, methodIdAt, unknownFrame } from './failure.ts'
import { Handshake, type Session, SilentRefusal } from './handshake.ts'
import { Heartbeat } from './heartbeat.ts'
import { Link } from './link.ts'
import { Outbox } from './outbox.ts'
import { ProtocolHeaderReader, UnknownProtocol } from './protocol-header.ts'
import { PublisherBlock } from './publisher-block.ts'
import { ReadBudget } from './read-budget.ts'
import type { Shortage } from './shortage.ts'
import type { TlsSession } from './tls-session.ts'

/** What a connection reports to whoever keeps it. */
export interface ConnectionEvents {
  /** The handshake is done. */
  opened(connection: Connection): void
  /** The handshake has failed, and the client is to find out by itself. */
  refused(connection: Connection): void
  /** The socket is gone, and everything that hung on the connection with it. */
  closed(connection: Connection): void
}

/** How long a peer that was refused, or that broke the framing, is kept before it is dropped. */
const REFUSAL_DELAY_MS = 3000
/** How long a peer has to answer our `connection.close`. */
const CLOSE_TIMEOUT_MS = 30_000

/**
 * One socket, from the first byte to the last: protocol header, handshake, frames to channels,
 * heartbeats, errors and closing. It knows bytes, channel 0 and flow, and no queue.
 *
 *     header ─▶ handshake ─▶ running ─▶ closing ─▶ closed
 *                   │                      ▲  our `connection.close` is out: all is discarded but
 *                   │                      │  close and close-ok
 *                   └─▶ refused ───────────┴─▶ closed, when the deadline of the state has passed
 */
export class Connection implements FrameSink, Tickable {
  readonly #socket: Socket
  readonly #settings: ConnectionSettings
  readonly #events: ConnectionEvents
  readonly #logger: Logger
  /** What is known of the client by TLS, if it has come over that. */
  readonly tls: TlsSession | undefined
  readonly link: Link
  readonly #mechanisms: ReadonlyMap<string, Mechanism>
  readonly #protocolHeader: ProtocolHeaderReader = new ProtocolHeaderReader()
  readonly #handshake: Handshake
  readonly #parser: FrameParser
  readonly #outbox: Outbox
  readonly #budget: ReadBudget
  readonly #block: PublisherBlock
  #state: 'header' | 'handshake' | 'running' | 'closing' | 'refused' | 'closed' = 'header'
  #session: Session | undefined
  #channels: ChannelTable | undefined
  #heartbeat: Heartbeat | undefined
  /** When the present state will have lasted too long. */
  #deadlineMs: number
  #isMemoryShort = false
  /** How many channels wait for what their answer depends on: one, unless it waits again. */
  #waits = 0

  constructor(
    socket: Socket,
    settings: ConnectionSettings,
    events: ConnectionEvents,
    tls?: TlsSession,
  ) {
    this.tls = tls
    this.link = new Link(socket, settings.clock.wallTime())
    this.#socket = socket
    this.#settings = settings
    this.#events = events
    const { remoteAddress = '', remotePort } = socket
    this.#logger = settings.logger.child({ peer: `${remoteAddress}:${remotePort}` })
    this.#mechanisms = mechanismsFor(settings.profile.anonymousLogin, tls?.username)
    this.#handshake = new Handshake({
      channelMax: settings.channelMax,
      frameMax: settings.frameMax,
      authenticator: settings.authenticator,
      failedLogins: settings.failedLogins,
      address: remoteAddress,
      findVhost: settings.findVhost,
      accessOf: settings.accessOf,
      profile: settings.profile,
      mechanisms: this.#mechanisms,
      logger: this.#logger,
      fromLoopback: isLoopbackAddress(remoteAddress),
      triedToLogIn: (username, mechanism, isSuccess) =>
        settings.happenings.tell(`user.authentication.${isSuccess ? 'success' : 'failure'}`, () =>
          describeLogin(username, mechanism, this),
        ),
    })
    this.#parser = new FrameParser(this, FRAME_MIN_SIZE)
    this.#outbox = new Outbox({
      socket,
      turn: settings.turn,
      slabs: settings.slabs,
      limitBytes: settings.outboxLimitBytes,
      onRoom: () => {
        this.#budget.release('outbox')
        this.#channels?.resumeConsumers()
      },
      onFault: (error) => this.#fail(error, 0, undefined),
    })
    this.#budget = new ReadBudget({
      socket,
      turn: settings.turn,
      parser: this.#parser,
      resumeFrames: () => this.#guard(() => this.#parser.resume()),
    })
    this.#block = new PublisherBlock(this.#budget, this.#outbox)
    this.#deadlineMs = settings.clock.now() + settings.handshakeTimeoutMs
    settings.ticker.add(this)
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#onData(chunk))
    // A reset by the peer is an ordinary end; 'close' follows.
    socket.on('error', (error) => this.#onSocketError(error))
    socket.on('end', () => this.#onSocketEnd())
    socket.on('close', () => this.#onSocketClosed())
  }

  /** User, vhost and what was negotiated, once the handshake is done. */
  get session(): Session | undefined {
    return this.#session
  }

  get channels(): Iterable<Channel> {
    return this.#channels?.values() ?? []
  }

  get channelCount(): number {
    return this.#channels?.size ?? 0
  }

  /** Whether nothing is read from it, since it publishes and the broker is short of something. */
  get isBlocked(): boolean {
    return this.#block.active
  }

  /** Octets that wait to be sent. */
  get backlogBytes(): number {
    return this.#outbox.backlogBytes
  }

  /** What the broker is short of, or null when it has enough of everything. */
  setShortage(shortage: Shortage | null): void {
    const wasShort = this.#isMemoryShort
    this.#isMemoryShort = shortage?.isOfMemory === true
    this.#block.setShortage(shortage?.reason ?? null)
    if (wasShort && !this.#isMemoryShort) this.#guard(() => this.#channels?.resumeConsumers())
  }

  /** Whether publishers must wait for the store. */
  setStoreBehind(behind: boolean): void {
    this.#block.setStoreBehind(behind)
  }

  /** Ends the connection from our side: the client is told, and given time to answer. */
  shutDown(reason: AmqpError = shutdown()): void {
    if (this.#state === 'running') this.#close(failureOf(reason), CLOSE_TIMEOUT_MS)
    else if (this.#state !== 'closing') this.destroy()
  }

  /** Ends the connection without another word. */
  destroy(): void {
    this.#outbox.stop()
    this.#socket.destroy()
  }

  tick(nowMs: number): void {
    this.#guard(() => this.#tick(nowMs))
  }

  #tick(nowMs: number): void {
    if (nowMs >= this.#deadlineMs) {
      this.#logger.debug({ state: this.#state }, 'The connection did not get on in time')
      this.destroy()
      return
    }
    this.#channels?.tick(nowMs, (thrown, number) => this.#fail(thrown, number, undefined))
    const heartbeat = this.#heartbeat
    if (heartbeat === undefined) return
    // What is not read cannot be heard: the peer is held back, or takes its time with what it asked
    // for. Only one that does not take anything any more may be gone.
    const progress = this.#outbox.takeProgress()
    const isHeld = this.#block.active || this.#budget.isHeld('answer')
    if (isHeld || (progress && this.#budget.isHeld('outbox'))) heartbeat.heard()
    if (this.#outbox.takeActivity()) heartbeat.sent()
    const action = heartbeat.tick(nowMs)
    if (action === 'send') this.#outbox.heartbeat()
    if (action === 'drop') {
      this.#logger.warn({}, 'Missed heartbeats from the client, closing the connection')
      this.destroy()
    }
  }

  onFrame(type: number, number: number, buffer: Buffer, start: number, end: number): void {
    try {
      if (this.#state === 'running' && number !== 0 && type !== FRAME_HEARTBEAT) {
        if (this.#block.pending && type === FRAME_METHOD && isBasicPublish(buffer, start, end)) {
          const { capabilities } = this.#session as Session
          this.#block.begin(capabilities.has('connection.blocked'))
        }
        ;(this.#channels as ChannelTable).onFrame(type, number, buffer, start, end)
      } else if (this.#state === 'running' || this.#state === 'handshake') {
        this.#onConnectionFrame(number, { type, buffer, start, end })
      } else if (this.#state === 'closing' && number === 0 && type === FRAME_METHOD) {
        this.#onMethodWhileClosing(methodIdAt(buffer, start, end))
      }
    } catch (thrown) {
      this.#fail(thrown, number, { type, buffer, start, end })
    }
  }

  #onData(chunk: Buffer): void {
    if (this.#state === 'refused') return
    this.#heartbeat?.heard()
    this.#budget.spend(chunk.length)
    this.#guard(() => {
      const bytes = this.#state === 'header' ? this.#readHeader(chunk) : chunk
      if (bytes !== undefined) this.#parser.push(bytes)
    })
    if (this.#outbox.overfull) this.#budget.hold('outbox')
  }

  /** What is thrown outside any frame is an error of the framing itself. */
  #guard(read: () => void): void {
    try {
      read()
    } catch (thrown) {
      this.#fail(thrown, 0, undefined)
    }
  }

  #readHeader(chunk: Buffer): Buffer | undefined {
    const rest = this.#protocolHeader.push(chunk)
    if (rest === undefined) return undefined
    this.#state = 'handshake'
    this.#outbox.method(0, {
      id: CONNECTION_START,
      versionMajor: 0,
      versionMinor: 9,
      serverProperties: this.#settings.serverProperties,
      mechanisms: Buffer.from([...this.#mechanisms.keys()].join(' ')),
      locales: Buffer.from('en_US'),
    })
    return rest
  }

  /** A method on channel 0 or a heartbeat; what else there is has no place there. */
  #onConnectionFrame(number: number, frame: Frame): void {
    const { type, buffer, start, end } = frame
    if (type === FRAME_METHOD && number === 0) {
      const method = decodeMethod(buffer, start, end)
      if (this.#state === 'handshake') this.#onHandshakeMethod(method)
      else this.#onMethod(method)
    } else if (type === FRAME_HEARTBEAT && number === 0) {
      if (end > start) throw unknownFrame(frame)
    } else if (this.#isStranger) {
      throw new SilentRefusal(`a frame of type ${type} on channel ${number}`)
    } else {
      throw frameOutOfPlace(type, printedPayload(buffer.subarray(start, end), end - start))
    }
  }

  #onHandshakeMethod(method: Method): void {
    const settings = this.#settings
    const step = this.#handshake.onMethod(method)
    switch (step.next) {
      case 'tune':
        this.#outbox.method(0, {
          id: CONNECTION_TUNE,
          channelMax: settings.channelMax,
          frameMax: settings.frameMax,
          heartbeat: settings.heartbeatSec,
        })
        break
      case 'await-open':
        this.#parser.frameMax = step.frameMax
        this.#outbox.frameMax = step.frameMax
        if (step.heartbeatSec > 0)
          this.#heartbeat = new Heartbeat(step.heartbeatSec, settings.ticker.intervalMs)
        break
      case 'run':
        this.#run(step.session)
        break
      default:
        step satisfies never
    }
  }

  #run(session: Session): void {
    const settings = this.#settings
    this.#session = session
    this.#state = 'running'
    this.#deadlineMs = Number.POSITIVE_INFINITY
    const own = {
      owner: this,
      link: this.link,
      output: this.#outbox,
      isMemoryShort: () => this.#isMemoryShort,
      wait: (channel: Channel, until: Promise<void>, go: () => void) =>
        this.#wait(channel, until, go),
    }
    this.#channels = new ChannelTable(session.channelMax, channelContext(session, settings, own))
    session.vhost.connectionCount++
    session.user.connectionCount++
    this.#outbox.method(0, { id: CONNECTION_OPEN_OK, reserved1: '' })
    this.#logger.info({ user: session.user.name, vhost: session.vhost.name }, 'Connection opened')
    session.vhost.happenings.tell('connection.created', () => describeConnection(this))
    this.#events.opened(this)
  }

  #onMethod(method: Method): void {
    switch (method.id) {
      case CONNECTION_CLOSE:
        this.#closeAsAsked()
        break
      // Credentials are only looked at when a connection begins: there is nothing to replace.
      case CONNECTION_UPDATE_SECRET:
        this.#outbox.method(0, { id: CONNECTION_UPDATE_SECRET_OK })
        break
      default:
        throw unexpectedConnectionMethod('running')
    }
  }

  /** Its exclusive queues are gone when the client reads that, and what it held is back. */
  #closeAsAsked(): void {
    const gone = this.#release()
    this.#state = 'closing'
    this.#deadlineMs = this.#settings.clock.now() + CLOSE_TIMEOUT_MS
    const answer = (): void => {
      if (this.#state !== 'closing') return
      this.#outbox.method(0, { id: CONNECTION_CLOSE_OK })
      this.#outbox.flush()
      this.#socket.end()
    }
    if (gone === undefined) answer()
    else void gone.then(answer)
  }

  /** Handles nothing more before that has happened, since what comes next may depend on it. */
  #wait(channel: Channel, until: Promise<void>, go: () => void): void {
    this.#waits++
    this.#budget.hold('answer')
    void until.then(() => {
      this.#waits--
      try {
        go()
      } catch (thrown) {
        this.#fail(thrown, channel.number, undefined)
      }
      // It may have to wait once more. Of a connection that has ended, nothing is read.
      if (this.#waits === 0 && this.#channels !== undefined) this.#budget.release('answer')
    })
  }

  #onMethodWhileClosing(methodId: number): void {
    if (methodId === CONNECTION_CLOSE) this.#outbox.method(0, { id: CONNECTION_CLOSE_OK })
    else if (methodId === CONNECTION_CLOSE_OK) this.#socket.end()
  }

  /** The one place where what was thrown becomes a close, of the channel or the connection. */
  #fail(thrown: unknown, number: number, frame: Frame | undefined): void {
    if (this.#state === 'closing' || this.#state === 'closed') return
    if (this.#isRefusal(thrown)) {
      this.#refuse(thrown)
      return
    }
    const channel = number === 0 ? undefined : this.#channels?.find(number)
    const failure = failureOf(thrown, frame, channel?.methodId)
    const { replyCode, replyText, classId, methodId } = failure
    if (failure.isFault)
      this.#logger.error({ err: thrown }, 'A fault in the broker closed a connection')
    if (failure.hard || channel === undefined) {
      // Nothing that comes after broken framing can be understood, an answer neither.
      this.#close(failure, thrown instanceof FrameError ? REFUSAL_DELAY_MS : CLOSE_TIMEOUT_MS)
      return
    }
    this.#logger.info({ channel: number, error: replyText }, 'Closing a channel')
    channel.beginClosing()
    this.#outbox.method(number, { id: CHANNEL_CLOSE, replyCode, replyText, classId, methodId })
  }

  /** Who has not logged in and agreed on the limits. */
  get #isStranger(): boolean {
    return this.#state === 'handshake' && this.#handshake.state !== 'opening'
  }

  /** Strangers' errors are not answered, but for those that the handshake itself has words for. */
  #isRefusal(thrown: unknown): boolean {
    if (thrown instanceof SilentRefusal || thrown instanceof UnknownProtocol) return true
    return this.#isStranger && !(thrown instanceof AmqpError)
  }

  #refuse(reason: unknown): void {
    this.#logger.warn({ reason: String(reason) }, 'Refused a connection')
    this.#state = 'refused'
    this.#events.refused(this)
    if (reason instanceof UnknownProtocol) this.#socket.end(PROTOCOL_HEADER)
    this.#deadlineMs = this.#settings.clock.now() + REFUSAL_DELAY_MS
  }

  #close({ replyCode, replyText, classId, methodId }: Failure, timeoutMs: number): void {
    this.#logger.info({ error: replyText }, 'Closing a connection')
    void this.#release()
    this.#state = 'closing'
    this.#deadlineMs = this.#settings.clock.now() + timeoutMs
    this.#block.end()
    this.#budget.release('answer')
    this.#outbox.method(0, { id: CONNECTION_CLOSE, replyCode, replyText, classId, methodId })
  }

  /**
   * Gives up what hangs on the connection; once is enough. Resolves when everybody knows that its queues
   * are gone, and what it held is back in others; undefined when that is so already.
   */
  #release(): Promise<unknown> | undefined {
    const channels = this.#channels
    if (channels === undefined) return undefined
    this.#channels = undefined
    const given = channels.endAll()
    const { vhost, user } = this.#session as Session
    vhost.connectionCount--
    user.connectionCount--
    vhost.departedCounts.addTraffic(this.link)
    const gone = vhost.deleteExclusiveQueues(this)
    vhost.happenings.tell('connection.closed', () => describeConnection(this))
    return gone === undefined ? given : Promise.all([gone, given])
  }

  #onSocketError(error: Error): void {
    this.#logger.debug({ reason: error.message }, 'Socket error')
    this.#abandon()
  }

  /** A client that has sent its last byte without closing will not read either. */
  #onSocketEnd(): void {
    if (this.#state === 'closing') return
    this.#abandon()
    this.#socket.destroy()
  }

  #onSocketClosed(): void {
    this.#abandon()
    this.#settings.ticker.remove(this)
    this.#events.closed(this)
  }

  /** Nobody is there any more: what is delivered from now on would be lost. */
  #abandon(): void {
    if (this.#state === 'closed') return
    if (this.#state === 'running') {
      this.#logger.warn({}, 'The client closed its socket, and not its connection')
    } else if (this.#session !== undefined) {
      this.#logger.info({}, 'Connection closed')
    }
    this.#outbox.stop()
    this.#guard(() => void this.#release())
    this.#state = 'closed'
  }
}
