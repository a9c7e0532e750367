import { REPLY_CODES } from 'amqp-codec'

/**
 * Every protocol error is thrown as one of these, from wherever it is found. The connection catches
 * it in one place and turns it into `channel.close` or `connection.close`, adding the class and
 * method that were being handled.
 */
export class AmqpError extends Error {
  override readonly name = 'AmqpError'
  readonly replyCode: number
  /** What the client reads: `NOT_FOUND - no queue 'q' in vhost '/'`, at most 255 bytes. */
  readonly replyText: string
  /** Whether it ends the connection (a hard error) or the channel only (a soft one). Spec §1.2. */
  readonly hard: boolean
  /** The method that the close names; by default the one that was being handled. */
  methodId: number | undefined

  constructor(replyCode: number, reason: string) {
    const info = REPLY_CODES.get(replyCode)
    if (info === undefined) throw new TypeError(`unknown reply code ${replyCode}`)
    const replyText = cutToBytes(reason === '' ? info.name : `${info.name} - ${reason}`, 255)
    super(replyText)
    this.replyCode = replyCode
    this.replyText = replyText
    this.hard = info.hard
  }

  /** Names another method: 0 is none, as for framing errors. */
  withMethod(methodId: number): this {
    this.methodId = methodId
    return this
  }
}

/** The longest prefix of whole characters that fits into a short string of `limit` bytes. */
function cutToBytes(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text
  const ellipsis = '...'
  let cut = ''
  let size = ellipsis.length
  for (const character of text) {
    size += Buffer.byteLength(character)
    if (size > limit) break
    cut += character
  }
  return cut + ellipsis
}

export const connectionForced = (reason: string): AmqpError => new AmqpError(320, reason)
export const accessRefused = (reason: string): AmqpError => new AmqpError(403, reason)
export const notFound = (reason: string): AmqpError => new AmqpError(404, reason)
export const resourceLocked = (reason: string): AmqpError => new AmqpError(405, reason)
export const preconditionFailed = (reason: string): AmqpError => new AmqpError(406, reason)
export const frameError = (reason: string): AmqpError => new AmqpError(501, reason)
export const commandInvalid = (reason: string): AmqpError => new AmqpError(503, reason)
export const channelError = (reason: string): AmqpError => new AmqpError(504, reason)
export const unexpectedFrame = (reason: string): AmqpError => new AmqpError(505, reason)
export const notAllowed = (reason: string): AmqpError => new AmqpError(530, reason)
export const notImplemented = (reason: string): AmqpError => new AmqpError(540, reason)
export const internalError = (reason: string): AmqpError => new AmqpError(541, reason)
