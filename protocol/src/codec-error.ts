// Every error this package throws about bytes, or about values that no bytes can carry.

/** Bytes that are not AMQP 0-9-1, or a value that cannot be put on the wire. */
export class CodecError extends Error {
  override name = 'CodecError'
}

/** A short string of a method is not UTF-8. The message is RabbitMQ's wording. */
export class MalformedUtf8Error extends CodecError {
  override name = 'MalformedUtf8Error'

  constructor() {
    super('Malformed UTF-8 in shortstr')
  }
}

/** A method frame names a class or method that nobody knows. */
export class UnknownMethodError extends CodecError {
  override name = 'UnknownMethodError'
  readonly classId: number
  readonly methodId: number

  constructor(id: number) {
    const classId = id >>> 16
    const methodId = id & 0xffff
    super(`unknown method ${methodId} of class ${classId}`)
    this.classId = classId
    this.methodId = methodId
  }
}
