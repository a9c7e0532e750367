/**
 * What the broker needs of a logger. A pino logger fits as it is; a library user may pass any other.
 *
 * Fields come first and are plain data: the message stays a constant sentence that can be searched for.
 * Never put credentials into either.
 */
export interface Logger {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
  /** A logger that adds these fields to everything it logs. */
  child(fields: LogFields): Logger
}

export type LogFields = Readonly<Record<string, unknown>>

/** Logs nothing: what a broker uses that was given no logger. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
}
