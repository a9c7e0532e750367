import type { LogFields, Logger } from '../../src/base/logger.ts'

/** A logger whose lines a test can look at: level, message and fields of each. */
export class RecordingLogger implements Logger {
  readonly lines: [level: string, message: string, fields: LogFields][] = []

  debug(fields: LogFields, message: string): void {
    this.lines.push(['debug', message, fields])
  }

  info(fields: LogFields, message: string): void {
    this.lines.push(['info', message, fields])
  }

  warn(fields: LogFields, message: string): void {
    this.lines.push(['warn', message, fields])
  }

  error(fields: LogFields, message: string): void {
    this.lines.push(['error', message, fields])
  }

  child(): Logger {
    return this
  }

  /** The lines since the last time. */
  take(): [level: string, message: string, fields: LogFields][] {
    return this.lines.splice(0)
  }
}
