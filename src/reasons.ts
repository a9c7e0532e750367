import { CONNECTION_TUNE, type FieldValue, fieldTypeName } from 'amqp-codec'
import {
  type AmqpError,
  accessRefused,
  channelError,
  commandInvalid,
  connectionForced,
  frameError,
  internalError,
  notAllowed,
  notFound,
  notImplemented,
  preconditionFailed,
  resourceLocked,
  unexpectedFrame,
} from './errors.ts'
import { fieldValueText } from './field-value-text.ts'

/*
 * Every situation that a client is told of, in RabbitMQ's own words: people and programs search logs
 * for them, and some clients match on them. One function a situation, in the order of docs/errors.md,
 * which a test keeps equal to this list.
 */

const queueIn = (queue: string, vhost: string): string => `queue '${queue}' in vhost '${vhost}'`
/** A text as Erlang prints it. */
const erlangBinary = (text: string): string => (text === '' ? '<<>>' : `<<"${text}">>`)
const exchangeIn = (exchange: string, vhost: string): string =>
  `exchange '${exchange}' in vhost '${vhost}'`

// 404, the channel
export const noQueue = (queue: string, vhost: string): AmqpError =>
  notFound(`no ${queueIn(queue, vhost)}`)
export const queueTimedOut = (queue: string, vhost: string): AmqpError =>
  notFound(`failed to perform operation on ${queueIn(queue, vhost)} due to timeout`)
export const noExchange = (exchange: string, vhost: string): AmqpError =>
  notFound(`no ${exchangeIn(exchange, vhost)}`)
export const noPreviouslyDeclaredQueue = (): AmqpError => notFound('no previously declared queue')

// 405, the channel
export const queueLocked = (queue: string, vhost: string): AmqpError =>
  resourceLocked(
    `cannot obtain exclusive access to locked ${queueIn(queue, vhost)}. It could be originally declared on another connection or the exclusive property value does not match that of the original declaration.`,
  )
export const getFromSingleActive = (queue: string, vhost: string): AmqpError =>
  resourceLocked(
    `cannot obtain access to locked ${queueIn(queue, vhost)}. basic.get operations are not supported by quorum queues with single active consumer`,
  )

// 406, the channel
export const inequivalentQueue = (
  property: string,
  queue: string,
  vhost: string,
  received: string,
  current: string,
): AmqpError => inequivalent(property, queueIn(queue, vhost), received, current)
export const inequivalentExchange = (
  property: string,
  exchange: string,
  vhost: string,
  received: string,
  current: string,
): AmqpError => inequivalent(property, exchangeIn(exchange, vhost), received, current)
const inequivalent = (property: string, of: string, received: string, current: string): AmqpError =>
  preconditionFailed(
    `inequivalent arg '${property}' for ${of}: received ${received} but current is ${current}`,
  )
export const invalidQueueArgument = (
  argument: string,
  queue: string,
  vhost: string,
  reason: string,
): AmqpError =>
  preconditionFailed(`invalid arg '${argument}' for ${queueIn(queue, vhost)}: ${reason}`)
export const foreignQueueArgument = (
  argument: string,
  queue: string,
  vhost: string,
  type: string,
): AmqpError =>
  preconditionFailed(
    `invalid arg '${argument}' for ${queueIn(queue, vhost)} of queue type rabbit_${type}_queue`,
  )
export const invalidArgumentType = (
  argument: string,
  value: FieldValue,
  kind: 'queue' | 'exchange',
  name: string,
  vhost: string,
): AmqpError =>
  preconditionFailed(
    `invalid type '${fieldTypeName(value.type)}' for arg '${argument}' in ${kind} '${name}' in vhost '${vhost}'`,
  )
export const invalidQueueProperty = (property: string, queue: string, vhost: string): AmqpError =>
  preconditionFailed(`invalid property '${property}' for ${queueIn(queue, vhost)}`)
export const serverNamedQueue = (type: string): AmqpError =>
  preconditionFailed(`Cannot declare a server-named queue for type rabbit_${type}_queue`)
export const segmentsTooLarge = (): AmqpError =>
  preconditionFailed('Exceeded max value for x-stream-max-segment-size-bytes')
export const prefetchNotSet = (queue: string, vhost: string): AmqpError =>
  preconditionFailed(`consumer prefetch count is not set for '${queueIn(queue, vhost)}'`)
export const queueInUse = (queue: string, vhost: string): AmqpError =>
  preconditionFailed(`${queueIn(queue, vhost)} in use`)
export const queueLimitReached = (queue: string, vhost: string, limit: number): AmqpError =>
  preconditionFailed(
    `cannot declare queue '${queue}': queue limit in vhost '${vhost}' (${limit}) is reached`,
  )
export const queueNotEmpty = (queue: string, vhost: string): AmqpError =>
  preconditionFailed(`${queueIn(queue, vhost)} not empty`)
export const exchangeInUse = (exchange: string, vhost: string): AmqpError =>
  preconditionFailed(`${exchangeIn(exchange, vhost)} in use`)
export const unknownDeliveryTag = (deliveryTag: bigint): AmqpError =>
  preconditionFailed(`unknown delivery tag ${deliveryTag}`)
export const invalidExpiration = (expiration: string, reason: string): AmqpError =>
  preconditionFailed(`invalid expiration '${expiration}': ${reason}`)
export const messageTooLarge = (size: number, limit: number): AmqpError =>
  preconditionFailed(`message size ${size} is larger than configured max size ${limit}`)
export const transactionTooLarge = (size: number, limit: number): AmqpError =>
  preconditionFailed(`transaction size ${size} is larger than max size ${limit}`)
export const userIdMismatch = (userId: string, username: string): AmqpError =>
  preconditionFailed(`user_id property set to '${userId}' but authenticated user was '${username}'`)
export const unacceptableHeader = (header: string, value: FieldValue): AmqpError =>
  preconditionFailed(
    `invalid message: {unacceptable_type_in_header,"${header}",${fieldTypeName(value.type)}}`,
  )
export const noReplyConsumer = (): AmqpError =>
  preconditionFailed('fast reply consumer does not exist')
export const replyConsumerCannotAcknowledge = (): AmqpError =>
  preconditionFailed('reply consumer cannot acknowledge')
export const replyConsumerAlreadySet = (): AmqpError =>
  preconditionFailed('reply consumer already set')
export const cannotSwitchToTx = (): AmqpError =>
  preconditionFailed('cannot switch from confirm to tx mode')
export const cannotSwitchToConfirm = (): AmqpError =>
  preconditionFailed('cannot switch from tx to confirm mode')
export const partialTransaction = (): AmqpError => preconditionFailed('partial tx completion')
export const channelNotTransactional = (): AmqpError =>
  preconditionFailed('channel is not transactional')
export const deliveryTimedOut = (channel: number, timeoutMs: number): AmqpError =>
  preconditionFailed(
    `delivery acknowledgement on channel ${channel} timed out. Timeout value used: ${timeoutMs} ms. This timeout value can be configured, see consumers doc guide to learn more`,
  ).withMethod(0)
export const invalidXMatchValue = (value: string): AmqpError =>
  preconditionFailed(
    `Invalid x-match field value "${value}"; expected all, any, all-with-x, or any-with-x`,
  )
export const invalidXMatchType = (value: FieldValue): AmqpError =>
  preconditionFailed(
    `Invalid x-match field type ${fieldTypeName(value.type)} (value ${fieldValueText(value)}); expected longstr`,
  )
export const hashSourcesExclude = (): AmqpError =>
  preconditionFailed('hash-header and hash-property are mutually exclusive')
export const invalidHashSource = (argument: string, value: FieldValue): AmqpError =>
  preconditionFailed(
    `Invalid argument '${argument}': expected longstr, got ${fieldTypeName(value.type)}`,
  )
export const unsupportedHashProperty = (property: string): AmqpError =>
  preconditionFailed(`Unsupported property: ${property}`)
export const weightNotInteger = (key: string): AmqpError =>
  preconditionFailed(`The binding key must be an integer: ${erlangBinary(key)}`)
export const weightNotPositive = (): AmqpError =>
  preconditionFailed('The binding key must be greater than 0')
export const localRandomBindingKey = (key: string): AmqpError =>
  preconditionFailed(`Non empty binding '${key}' key not permitted`)
export const localRandomDestination = (): AmqpError => preconditionFailed('Destination not found')
export const invalidHistoryLength = (value: FieldValue): AmqpError =>
  preconditionFailed(
    `Invalid argument ${value.type === 'S' ? erlangBinary(value.value) : fieldValueText(value)}, 'x-recent-history-length' must be a positive integer`,
  )
export const invalidDelayedType = (): AmqpError =>
  preconditionFailed("Invalid argument, 'x-delayed-type' must be an existing exchange type")
export const unknownExchangeType = (type: string): AmqpError =>
  preconditionFailed(`unknown exchange type '${type}'`)
export const definitionsNotStored = (): AmqpError =>
  preconditionFailed('definitions cannot be stored at present; for details see the broker logfile')
export const queueIdsUsedUp = (): AmqpError =>
  preconditionFailed('no durable queue can be declared before the broker is restarted')

// 403, the channel
export const reservedQueueName = (queue: string): AmqpError =>
  accessRefused(`queue name '${queue}' contains reserved prefix 'amq.*'`)
export const reservedExchangeName = (exchange: string): AmqpError =>
  accessRefused(`exchange name '${exchange}' contains reserved prefix 'amq.*'`)
export const notOnDefaultExchange = (): AmqpError =>
  accessRefused('operation not permitted on the default exchange')
export const systemExchangeDeletion = (exchange: string, vhost: string): AmqpError =>
  accessRefused(`deletion of system ${exchangeIn(exchange, vhost)} not allowed`)
export const exchangeIsInternal = (exchange: string, vhost: string): AmqpError =>
  accessRefused(`cannot publish to internal ${exchangeIn(exchange, vhost)}`)
export const queueInExclusiveUse = (queue: string, vhost: string): AmqpError =>
  accessRefused(`${queueIn(queue, vhost)} in exclusive use`)
export const accessToResourceRefused = (
  right: string,
  kind: string,
  name: string,
  vhost: string,
  user: string,
): AmqpError =>
  accessRefused(
    `${right} access to ${kind} '${name}' in vhost '${vhost}' refused for user '${user}'`,
  )
export const accessToTopicRefused = (
  right: string,
  routingKey: string,
  exchange: string,
  vhost: string,
  user: string,
): AmqpError =>
  accessRefused(
    `${right} access to topic '${routingKey}' in ${exchangeIn(exchange, vhost)} refused for user '${user}'`,
  )

// 403, the connection
export const loginRefused = (mechanism: string): AmqpError =>
  accessRefused(
    `Login was refused using authentication mechanism ${mechanism}. For details see the broker logfile.`,
  ).withMethod(0)

// 320, the connection
export const shutdown = (): AmqpError =>
  connectionForced("broker forced connection closure with reason 'shutdown'").withMethod(0)
export const vhostDeleted = (vhost: string): AmqpError =>
  connectionForced(`vhost '${vhost}' is deleted`).withMethod(0)
export const userDeleted = (user: string): AmqpError =>
  connectionForced(`user '${user}' is deleted`).withMethod(0)
export const closedByManagement = (reason: string): AmqpError =>
  connectionForced(reason).withMethod(0)

// 501, the connection
export const malformedFrame = (type: number, payload: string, problem: string): AmqpError =>
  frameError(`type ${type}, ${payload}: ${problem}`).withMethod(0)
export const malformedUtf8 = (): AmqpError =>
  frameError('Malformed UTF-8 in shortstr').withMethod(0)
export const undecodableMethod = (octets: string): AmqpError =>
  frameError(`cannot decode ${octets}`)
export const bodyTooLong = (): AmqpError =>
  frameError('content body frame exceeds remaining content size')

// 503, the connection
export const unimplementedMethod = (): AmqpError => commandInvalid('unimplemented method')

// 504, the connection
export const channelAlreadyOpen = (): AmqpError => channelError("second 'channel.open' seen")
export const channelNotOpen = (): AmqpError => channelError("expected 'channel.open'")
export const unexpectedConnectionMethod = (state: string): AmqpError =>
  channelError(`unexpected method in connection state ${state}`)

// 505, the connection
export const unexpectedContent = (): AmqpError =>
  unexpectedFrame('expected method frame, got non method frame instead').withMethod(0)
export const expectedHeader = (classId: number): AmqpError =>
  unexpectedFrame(
    `expected content header for class ${classId}, got non content header frame instead`,
  )
export const expectedHeaderOfClass = (classId: number, got: number): AmqpError =>
  unexpectedFrame(`expected content header for class ${classId}, got one for class ${got} instead`)
export const expectedBody = (): AmqpError =>
  unexpectedFrame('expected content body, got non content body frame instead')
export const frameOutOfPlace = (type: number, payload: string): AmqpError =>
  unexpectedFrame(`type ${type}, ${payload}`).withMethod(0)

// 530, the connection
export const vhostNotFound = (vhost: string): AmqpError => notAllowed(`vhost ${vhost} not found`)
export const vhostAccessRefused = (vhost: string, user: string): AmqpError =>
  notAllowed(`access to vhost '${vhost}' refused for user '${user}'`)
export const vhostConnectionLimit = (vhost: string, user: string, limit: number): AmqpError =>
  notAllowed(
    `access to vhost '${vhost}' refused for user '${user}': connection limit (${limit}) is reached`,
  )
export const userConnectionLimit = (user: string, limit: number): AmqpError =>
  notAllowed(`connection refused for user '${user}': user connection limit (${limit}) is reached`)
export const userChannelLimit = (user: string, limit: number): AmqpError =>
  notAllowed(
    `number of channels opened for user '${user}' has reached the maximum allowed user limit of (${limit})`,
  ).withMethod(0)
export const negotiatedTooLow = (what: string, value: number, limit: number): AmqpError =>
  notAllowed(
    `negotiated ${what} = ${value} is lower than the minimum allowed value (${limit})`,
  ).withMethod(CONNECTION_TUNE)
export const negotiatedTooHigh = (what: string, value: number, limit: number): AmqpError =>
  notAllowed(
    `negotiated ${what} = ${value}${value === 0 ? ' (no limit)' : ''} is higher than the maximum allowed value (${limit})`,
  ).withMethod(CONNECTION_TUNE)
export const tooManyChannels = (count: number, channelMax: number): AmqpError =>
  notAllowed(
    `number of channels opened (${count}) has reached the negotiated channel_max (${channelMax})`,
  ).withMethod(0)
export const consumerTagInUse = (consumerTag: string): AmqpError =>
  notAllowed(`attempt to reuse consumer tag '${consumerTag}'`)
export const tooManyConsumers = (limit: number): AmqpError =>
  notAllowed(`reached maximum (${limit}) of consumers per channel`)

// 540, the connection
export const immediateNotSupported = (): AmqpError => notImplemented('immediate=true')
export const prefetchSizeNotSupported = (prefetchSize: number): AmqpError =>
  notImplemented(`prefetch_size!=0 (${prefetchSize})`)
export const recoverWithoutRequeueNotSupported = (): AmqpError => notImplemented('requeue=false')
export const flowNotSupported = (): AmqpError => notImplemented('active=false')
export const conditionalDeleteNotSupported = (
  flag: 'if-unused' | 'if-empty',
  type: string,
  queue: string,
  vhost: string,
): AmqpError =>
  notImplemented(
    `cannot delete ${queueIn(queue, vhost)}. queue.delete operations with ${flag} flag set are not supported by ${type} queues`,
  )
export const getNotSupported = (queue: string, vhost: string): AmqpError =>
  notImplemented(`basic.get not supported by stream queues ${queueIn(queue, vhost)}`)
export const nackNotSupported = (queue: string, vhost: string): AmqpError =>
  notImplemented(
    `basic.nack and basic.reject not supported by stream queues ${queueIn(queue, vhost)}`,
  )
export const purgeNotSupported = (queue: string, vhost: string): AmqpError =>
  notImplemented(`queue.purge not supported by stream queues ${queueIn(queue, vhost)}`)
export const automaticAcknowledgementNotSupported = (queue: string, vhost: string): AmqpError =>
  notImplemented(
    `automatic acknowledgement not supported by stream queues ${queueIn(queue, vhost)}`,
  )
export const globalQosNotSupported = (queue: string, vhost: string): AmqpError =>
  notImplemented(`${queueIn(queue, vhost)} does not support global qos`)

// 541, the connection
export const transientQueuesNotPermitted = (): AmqpError =>
  internalError(
    'Feature `transient_nonexcl_queues` is deprecated.\nBy default, this feature is not permitted anymore.\nThe feature will be removed from a future major RabbitMQ version, regardless of the configuration; actual version to be determined.',
  )
export const malformedContentHeader = (): AmqpError => internalError('').withMethod(0)
export const brokerFault = (): AmqpError => internalError('').withMethod(0)
