/*
 * Where versions of RabbitMQ differ in what clients may do. A profile has one value for each
 * difference; nothing else in the program knows a version.
 */

export type CompatName = 'lenient' | '3.13' | '4.2' | '4.3'

/** Options whose defaults depend on the profile. */
export interface CompatDefaults {
  readonly maxMessageSizeBytes: number
  readonly memoryHighWatermark: number
  readonly serverVersion: string
}

/** How strict the broker is, and which of several behaviours it has. */
export interface CompatProfile {
  readonly name: CompatName
  readonly defaults: CompatDefaults
  /** The least `frame_max` that a client may agree to, in bytes. */
  readonly minFrameMax: number
  /** Whether a queue may be neither durable nor exclusive; if not, declaring one is a 541. */
  readonly transientNonExclusiveQueues: boolean
  /** Whether `basic.qos` with `global` limits the whole channel, or consumers to come as without. */
  readonly globalQosPerChannel: boolean
  /** Which queues' consumers have a limited time to acknowledge. */
  readonly consumerTimeoutScope: 'all' | 'quorum'
  /** How often a quorum queue delivers a message again if nobody says otherwise; `Infinity` is always. */
  readonly quorumDeliveryLimit: number
  /** How many priorities the messages of a new quorum queue have; 1 is that all are equal. */
  readonly quorumPriorityLevels: 1 | 2 | 32
  /** Whether an `x-death` that a client publishes is counted on. */
  readonly readsPublishedDeaths: boolean
  /** Whether `x-queue-version` may be 1. */
  readonly classicQueueVersion1: boolean
  /** Whether policies may ask for mirrors, of which one broker has none. */
  readonly mirroringPolicies: boolean
  /** Whether clients may log in without a name, as `guest`. */
  readonly anonymousLogin: boolean
  /** Whether a passive declaration of a queue needs some permission on it. */
  readonly passiveDeclareNeedsPermission: boolean
}

const MIB = 1024 * 1024

const LENIENT: CompatProfile = {
  name: 'lenient',
  defaults: {
    maxMessageSizeBytes: 128 * MIB,
    memoryHighWatermark: 0.6,
    serverVersion: '4.2.0',
  },
  minFrameMax: 4096,
  transientNonExclusiveQueues: true,
  globalQosPerChannel: true,
  consumerTimeoutScope: 'all',
  quorumDeliveryLimit: Number.POSITIVE_INFINITY,
  quorumPriorityLevels: 1,
  readsPublishedDeaths: true,
  classicQueueVersion1: true,
  mirroringPolicies: true,
  anonymousLogin: false,
  passiveDeclareNeedsPermission: false,
}

const V3_13: CompatProfile = {
  ...LENIENT,
  name: '3.13',
  defaults: {
    maxMessageSizeBytes: 128 * MIB,
    memoryHighWatermark: 0.4,
    serverVersion: '3.13.7',
  },
}

const V4_2: CompatProfile = {
  ...LENIENT,
  name: '4.2',
  defaults: {
    maxMessageSizeBytes: 16 * MIB,
    memoryHighWatermark: 0.6,
    serverVersion: '4.2.0',
  },
  minFrameMax: 8192,
  quorumDeliveryLimit: 20,
  quorumPriorityLevels: 2,
  readsPublishedDeaths: false,
  mirroringPolicies: false,
  anonymousLogin: true,
}

const V4_3: CompatProfile = {
  ...V4_2,
  name: '4.3',
  defaults: { ...V4_2.defaults, serverVersion: '4.3.5' },
  transientNonExclusiveQueues: false,
  globalQosPerChannel: false,
  consumerTimeoutScope: 'quorum',
  quorumPriorityLevels: 32,
  classicQueueVersion1: false,
  passiveDeclareNeedsPermission: true,
}

/** Every profile by its name. */
export const COMPAT_PROFILES: Readonly<Record<CompatName, CompatProfile>> = {
  lenient: LENIENT,
  '3.13': V3_13,
  '4.2': V4_2,
  '4.3': V4_3,
}
