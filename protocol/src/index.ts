// The public API of amqp-codec.

export { CodecError, MalformedUtf8Error, UnknownMethodError } from './codec-error.ts'
export {
  contentHeaderBodySize,
  contentHeaderClassId,
  contentHeaderWeight,
  hasProperty,
  readAppId,
  readClusterId,
  readContentEncoding,
  readContentType,
  readCorrelationId,
  readDeliveryMode,
  readExpiration,
  readHeaders,
  readMessageId,
  readPriority,
  readReplyTo,
  readTimestamp,
  readType,
  readUserId,
} from './content-header.ts'
export { checkContentHeader } from './content-header-check.ts'
export {
  locateHeaderFields,
  locateProperty,
  type OctetRange,
  removeHeaderFields,
  replaceProperty,
  setProperty,
} from './content-header-edit.ts'
export {
  type FieldTable,
  type FieldType,
  type FieldValue,
  fieldTypeName,
  MAX_TABLE_DEPTH,
} from './field-table.ts'
export { decodeFields, decodeFieldTable } from './field-table-decoder.ts'
export { encodeFieldTable } from './field-table-encoder.ts'
export { FrameError, type FrameErrorKind } from './frame-error.ts'
export { FrameParser, type FrameSink } from './frame-parser.ts'
export { FRAME_HEADER_SIZE, FRAME_OVERHEAD } from './frame-size.ts'
export {
  encodeBodyFrames,
  encodeContentHeaderFrame,
  encodeMethodFrame,
  HEARTBEAT_FRAME,
  PROTOCOL_HEADER,
} from './frame-writer.ts'
export * from './generated/constants.ts'
export { METHODS } from './generated/method-table.ts'
export type * from './generated/methods.ts'
export {
  type BasicProperties,
  PROPERTY_APP_ID,
  PROPERTY_CLUSTER_ID,
  PROPERTY_CONTENT_ENCODING,
  PROPERTY_CONTENT_TYPE,
  PROPERTY_CORRELATION_ID,
  PROPERTY_DELIVERY_MODE,
  PROPERTY_EXPIRATION,
  PROPERTY_HEADERS,
  PROPERTY_MESSAGE_ID,
  PROPERTY_PRIORITY,
  PROPERTY_REPLY_TO,
  PROPERTY_TIMESTAMP,
  PROPERTY_TYPE,
  PROPERTY_USER_ID,
} from './generated/properties.ts'
export * from './generated/reply-codes.ts'
export { decodeMethod } from './method-decoder.ts'
export type { FieldDomain, MethodField, MethodInfo } from './method-info.ts'
export {
  fieldTableFromObject,
  fieldTableToObject,
  type PlainTable,
  type PlainValue,
} from './plain-table.ts'
export { decodeProperties } from './properties.ts'
export { CONTENT_HEADER_MIN_SIZE } from './property-layout.ts'
