import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { Administration } from './administration/administration.ts'
import type { UserLimitAdministration, VhostLimitAdministration } from './administration/limits.ts'
import type {
  GlobalParameterAdministration,
  ParameterAdministration,
} from './administration/parameters.ts'
import type {
  PermissionAdministration,
  TopicPermissionAdministration,
} from './administration/permissions.ts'
import type { PolicyAdministration } from './administration/policies.ts'
import type { UserAdministration } from './administration/users.ts'
import type { VhostAdministration } from './administration/vhosts.ts'
import { FailedLogins } from './auth/failed-logins.ts'
import { firstDefinitions } from './auth/first-definitions.ts'
import { type Clock, systemClock } from './base/clock.ts'
import { ClosableClock } from './base/closable-clock.ts'
import { Happenings } from './base/happenings.ts'
import { hostAndPort } from './base/host-and-port.ts'
import { type Logger, silentLogger } from './base/logger.ts'
import { Ticker } from './base/ticker.ts'
import { Turn } from './base/turn.ts'
import { BrokerStore } from './broker/broker-store.ts'
import { assertClusterComplete } from './broker/cluster-options.ts'
import { HttpServices } from './broker/http-services.ts'
import { managedBroker } from './broker/managed.ts'
import { dispatch } from './channel/dispatch.ts'
import { COMPAT_PROFILES, type CompatProfile } from './config/compat.ts'
import { ConfigError } from './config/config-error.ts'
import type { BrokerOptions, ResolvedOptions } from './config/options.ts'
import { resolveOptions } from './config/resolve.ts'
import { serverProperties } from './connection/server-properties.ts'
import { SlabPool } from './connection/slab-pool.ts'
import type { Endpoint, ManagedBroker } from './management/managed-broker.ts'
import type { TicketSource } from './message-log/ticket-source.ts'
import { type AlarmResource, Alarms } from './server/alarms.ts'
import { DiskMonitor } from './server/disk-monitor.ts'
import { Listener } from './server/listener.ts'
import { type Machine, SystemMachine } from './server/machine.ts'
import { MemoryMonitor } from './server/memory-monitor.ts'
import { TlsIdentity } from './server/tls-identity.ts'
import { EventExchange } from './vhost/event-exchange.ts'
import { restoreVhosts } from './vhost/restore-vhosts.ts'
import { Vhost } from './vhost/vhost.ts'

/** How precise heartbeats and time limits are. */
const TICK_MS = 250

/** What can be given to a broker besides its options. */
export interface BrokerParts {
  /** Where it logs; by default nowhere. */
  readonly logger?: Logger
  /** Its time; by default the machine's. */
  readonly clock?: Clock
  /** Its memory and disk; by default the machine's. */
  readonly machine?: Machine
}

/**
 * A running broker. It holds no state outside itself, so that a process may have any number of them.
 */
export class Broker {
  readonly #options: ResolvedOptions
  readonly #logger: Logger
  readonly #machine: Machine
  readonly #alarms: Alarms
  readonly #memoryMonitor: MemoryMonitor
  readonly #diskMonitor: DiskMonitor | undefined
  readonly #administration: Administration
  readonly #profile: CompatProfile
  readonly #listener: Listener
  readonly #turn = new Turn()
  readonly #happenings = new Happenings()
  readonly #store: BrokerStore
  readonly #http: HttpServices
  readonly #clock: ClosableClock
  #tlsIdentity: TlsIdentity | undefined
  readonly #failedLogins: FailedLogins
  #startedAtMs = 0
  #closing: Promise<void> | undefined

  /** Use `createBroker`. */
  constructor(
    options: ResolvedOptions,
    { logger = silentLogger, machine = new SystemMachine(), ...parts }: BrokerParts,
  ) {
    const clock = new ClosableClock(parts.clock ?? systemClock)
    this.#options = options
    this.#logger = logger
    this.#machine = machine
    this.#clock = clock
    this.#failedLogins = new FailedLogins(clock)
    this.#profile = COMPAT_PROFILES[options.compat]
    this.#store = new BrokerStore(clock, this.#profile)
    this.#administration = new Administration({
      loopbackUsers: options.loopbackUsers,
      allowMirroring: this.#profile.mirroringPolicies,
      happenings: this.#happenings,
      createVhost: (name) => this.#createVhost(name),
      closeSessions: (isMeant, reason) => this.#listener.closeSessions(isMeant, reason),
    })
    const messageLog = (): TicketSource | null => this.#store.messageLog
    this.#listener = new Listener({
      ...options,
      logger,
      settings: {
        ...options,
        serverProperties: serverProperties(options),
        authenticator: this.#administration.authenticator,
        failedLogins: this.#failedLogins,
        happenings: this.#happenings,
        findVhost: (name) => this.#administration.findVhost(name),
        accessOf: (user, vhost) => this.#administration.accessOf(user, vhost),
        profile: this.#profile,
        dispatch,
        get messageLog() {
          return messageLog()
        },
        clock,
        ticker: new Ticker(clock, TICK_MS),
        turn: this.#turn,
        slabs: new SlabPool(),
        logger,
      },
    })
    this.#http = new HttpServices(
      () => ({
        ...options,
        bodyLimitBytes: options.managementBodyLimitBytes,
        broker: this.#managed(),
      }),
      logger,
    )
    const setShortage: Listener['setShortage'] = (shortage) => this.#listener.setShortage(shortage)
    this.#alarms = new Alarms(logger, setShortage, this.#happenings)
    const watched = { machine, clock, logger, alarms: this.#alarms }
    this.#memoryMonitor = new MemoryMonitor({ ...options, ...watched })
    this.#diskMonitor =
      options.dataDir === 'none' || options.diskFreeLimitBytes === 0
        ? undefined
        : new DiskMonitor({ ...options, ...watched })
  }

  /** @internal */
  async start(): Promise<void> {
    try {
      assertClusterComplete(this.#options)
      this.#tlsIdentity = await TlsIdentity.load(this.#options, this.#logger)
      await this.#restore()
      await this.#importDefinitions()
      await this.#listener.listen(this.#tlsIdentity)
      this.#memoryMonitor.start()
      await this.#diskMonitor?.start()
      this.#startedAtMs = this.#clock.wallTime()
    } catch (error) {
      await Promise.allSettled([this.close()])
      throw error
    }
  }

  /** The TCP port that it listens on. This, `address` and `url` throw when it speaks TLS only. */
  get port(): number {
    return this.#plainAddress.port
  }

  /** The same for TLS; undefined when the broker has no certificate. */
  get tlsPort(): number | undefined {
    return this.#listener.tlsAddress?.port
  }

  /** `host:port`, where it listens. */
  get address(): string {
    const { address, port } = this.#plainAddress
    return hostAndPort(address, port)
  }

  get #plainAddress(): AddressInfo {
    const { address } = this.#listener
    if (address === undefined) throw new Error('the broker speaks AMQP over TLS only')
    return address
  }

  /** The same for TLS; undefined when the broker has no certificate. */
  get tlsAddress(): string | undefined {
    const { tlsAddress } = this.#listener
    return tlsAddress && hostAndPort(tlsAddress.address, tlsAddress.port)
  }

  /**
   * What clients connect with: `amqp://user:password@host:port`, and the default vhost unless it is
   * `/`. It holds the default user's password, so do not log it. For a data directory whose first start
   * was with other defaults, it is wrong.
   */
  get url(): string {
    return this.#urlOf('amqp', this.address)
  }

  /** The same over TLS, `amqps://…`; undefined when the broker has no certificate. */
  get tlsUrl(): string | undefined {
    const { tlsAddress } = this
    return tlsAddress === undefined ? undefined : this.#urlOf('amqps', tlsAddress)
  }

  #urlOf(scheme: string, address: string): string {
    const { defaultUser, defaultPass, defaultVhost } = this.#options
    const credentials = [defaultUser, defaultPass].map(encodeURIComponent).join(':')
    const path = defaultVhost === '/' ? '' : `/${encodeURIComponent(defaultVhost)}`
    return `${scheme}://${credentials}@${address}${path}`
  }

  /** The port of the management API, undefined unless it is open. */
  get managementPort(): number | undefined {
    return this.#http.endpoints.find(({ protocol }) => protocol === 'http')?.port
  }

  /** Where the management API is, `http://host:port`; undefined unless it is open. So over TLS. */
  get managementUrl(): string | undefined {
    return this.#http.urlOf('http')
  }

  get managementTlsUrl(): string | undefined {
    return this.#http.urlOf('https')
  }

  /** Where Prometheus finds metrics, without their path; undefined unless they are told. */
  get prometheusUrl(): string | undefined {
    return this.#http.urlOf('http/prometheus')
  }

  /**
   * Opens the management API, if it is not open, on a port of this broker's address; 0 takes any free
   * one. `createBroker` does this, and what follows, by itself when there are options for the ports.
   */
  async openManagement(port: number): Promise<void> {
    await this.#http.open('http', { host: this.#options.host, port })
  }

  /** The same over TLS. Throws ConfigError without a certificate. */
  async openManagementTls(port: number): Promise<void> {
    const identity = this.#tlsIdentity
    if (identity === undefined) {
      throw new ConfigError('management-tls-port: without a certificate there is no TLS')
    }
    await this.#http.open('https', { host: this.#options.host, port, identity })
  }

  /** Tells metrics to whoever asks for them on that port. */
  async openPrometheus(port: number): Promise<void> {
    await this.#http.open('http/prometheus', { host: this.#options.prometheusHost, port })
  }

  /** Where it listens, and what is spoken there. */
  get endpoints(): readonly Endpoint[] {
    const { address, tlsAddress } = this.#listener
    const amqp = [
      ['amqp', address],
      ['amqp/ssl', tlsAddress],
    ] as const
    return [
      ...amqp.flatMap(([protocol, at]) =>
        at === undefined ? [] : [{ protocol, host: at.address, port: at.port }],
      ),
      ...this.#http.endpoints,
    ]
  }

  /** Connections whose handshake is done. */
  get connectionCount(): number {
    return this.#listener.connections.size
  }

  /** Virtual hosts: they may be added and deleted while the broker runs, as everything below. */
  get vhosts(): VhostAdministration {
    return this.#administration.vhosts
  }

  get users(): UserAdministration {
    return this.#administration.users
  }

  get permissions(): PermissionAdministration {
    return this.#administration.permissions
  }

  get topicPermissions(): TopicPermissionAdministration {
    return this.#administration.topicPermissions
  }

  get policies(): PolicyAdministration {
    return this.#administration.policies
  }

  get operatorPolicies(): PolicyAdministration {
    return this.#administration.operatorPolicies
  }

  get parameters(): ParameterAdministration {
    return this.#administration.parameters
  }

  get globalParameters(): GlobalParameterAdministration {
    return this.#administration.globalParameters
  }

  get vhostLimits(): VhostLimitAdministration {
    return this.#administration.vhostLimits
  }

  get userLimits(): UserLimitAdministration {
    return this.#administration.userLimits
  }

  /**
   * Says that a resource is short, or no longer: while one is, connections that publish are held
   * back and told so with `connection.blocked`. The broker watches memory and disk itself, too: a
   * resource is short until neither says so any more.
   */
  setAlarm(resource: AlarmResource, raised: boolean): void {
    this.#alarms.set(resource, 'program', raised)
  }

  /**
   * Reads the files of the TLS options again, for connections to come; those that are open stay as
   * they are. Without TLS it does nothing.
   *
   * @throws ConfigError for files that cannot be used, and goes on with what it had
   */
  async reloadCertificates(): Promise<void> {
    await this.#tlsIdentity?.reload()
  }

  /**
   * Stops: clients get `connection.close` with 320 and have `shutdownTimeoutMs` to answer. Closing
   * again waits for the same end.
   */
  close(): Promise<void> {
    this.#closing ??= this.#stop()
    return this.#closing
  }

  async #stop(): Promise<void> {
    this.#memoryMonitor.stop()
    this.#diskMonitor?.stop()
    await this.#http.close()
    await this.#listener.close(this.#options.shutdownTimeoutMs)
    await this.#store.close()
    this.#clock.close()
  }

  /** Puts to use what is stored, or what a broker begins with. */
  async #restore(): Promise<void> {
    const stored = await this.#store.open(firstDefinitions(this.#options), {
      ...this.#options,
      turn: this.#turn,
      clock: this.#clock,
      logger: this.#logger,
      onFailing: (isFailing) => this.#alarms.set('disk', 'journal', isFailing),
      onBehind: (isBehind) => this.#listener.setStoreBehind(isBehind),
      profile: this.#profile,
      facts: () => this.#http.facts(),
      answerNode: (question) => this.#http.answerNode(question),
    })
    const { definitions } = this.#store
    this.#administration.restore(stored, definitions, this.#logger)
    restoreVhosts(stored, {
      createVhost: (name) => this.#administration.findVhost(name) as Vhost,
      definitions,
      logger: this.#logger,
    })
    const count = this.#store.keepOnly(stored)
    if (count > 0) this.#logger.info({ count }, 'Dropped messages of queues that were deleted')
    await this.#store.join(this.#administration.applied)
    this.#compareDefaults()
  }

  #managed(): ManagedBroker {
    return managedBroker({
      options: this.#options,
      raisedAlarms: this.#alarms,
      listening: () => this.endpoints,
      tlsIdentity: this.#tlsIdentity,
      joinedCluster: () => this.#store.cluster,
      administration: this.#administration,
      failedLogins: this.#failedLogins,
      happenings: this.#happenings,
      connections: this.#listener.connections,
      messageLog: this.#store.messageLog,
      machine: this.#machine,
      clock: this.#clock,
      logger: this.#logger,
      startedAtMs: this.#startedAtMs,
      memoryLimitBytes: this.#memoryMonitor.limitBytes,
      nodeName: this.#nodeName,
    })
  }

  /** What the broker calls itself where RabbitMQ names its node. */
  get #nodeName(): string {
    return `leveret@${this.#options.nodeName || hostname()}`
  }

  async #importDefinitions(): Promise<void> {
    const { definitions: path } = this.#options
    if (path === 'none') return
    const { importDefinitionsFile } = await import('./management/definitions/definitions-file.ts')
    await importDefinitionsFile(this.#administration, path)
    this.#logger.info({ path }, 'Definitions imported')
  }

  #createVhost(name: string): Vhost {
    const vhost = new Vhost(name, {
      definitions: this.#store.definitions,
      createQueue: this.#store.queueFactory,
      createDelayQueue: this.#store.delayQueueFactory,
      tickets: this.#store.nodeTickets,
      clock: this.#clock,
      profile: this.#profile,
      logger: this.#logger,
      turn: this.#turn,
      node: this.#nodeName,
      happenings: this.#happenings,
    })
    const hasEvents = name === this.#options.defaultVhost && this.#options.eventExchange === 'on'
    if (hasEvents) EventExchange.open(vhost, this.#turn, this.#clock)
    return vhost
  }

  /** Who changes the defaults of a broker that has run before should know why nothing happens. */
  #compareDefaults(): void {
    const { defaultUser, defaultPass, defaultVhost } = this.#options
    const { authenticator } = this.#administration
    const isUser = authenticator.authenticate(defaultUser, defaultPass, true) !== undefined
    if (isUser && this.vhosts.find(defaultVhost) !== undefined) return
    this.#logger.warn(
      { defaultUser, defaultVhost },
      'The default user, password and virtual host count at the first start of a data directory only: this one has others',
    )
  }
}

/**
 * Starts a broker in this process.
 *
 *     const broker = await createBroker({ port: 0 })
 *     const connection = await amqplib.connect(broker.url)
 *     …
 *     await broker.close()
 *
 * @throws ConfigError for an option that cannot be; StoreError for a data directory that cannot be used;
 * the system's error, `EADDRINUSE` for one, when it cannot listen.
 */
export async function createBroker(options: BrokerOptions & BrokerParts = {}): Promise<Broker> {
  const { logger, clock, machine, ...given } = options
  const broker = new Broker(resolveOptions(given), {
    ...(logger === undefined ? {} : { logger }),
    ...(clock === undefined ? {} : { clock }),
    ...(machine === undefined ? {} : { machine }),
  })
  await broker.start()
  await openOrClose(broker, given)
  return broker
}

/** Who asked for a port that cannot be had gets no broker either. */
async function openOrClose(broker: Broker, ports: BrokerOptions): Promise<void> {
  const { managementPort = 'none', managementTlsPort = 'none', prometheusPort = 'none' } = ports
  try {
    if (managementPort !== 'none') await broker.openManagement(managementPort)
    if (managementTlsPort !== 'none') await broker.openManagementTls(managementTlsPort)
    if (prometheusPort !== 'none') await broker.openPrometheus(prometheusPort)
  } catch (error) {
    await broker.close()
    throw error
  }
}
