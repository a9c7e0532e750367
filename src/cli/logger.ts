import type { DestinationStream } from 'pino'
import { pino } from 'pino'
import type { Logger } from '../base/logger.ts'
import type { Options } from '../config/options.ts'

/**
 * The program's logger, to standard output: lines of JSON, or made pretty for a terminal.
 *
 * Lines are written at once, not buffered: the last ones before an exit are those that matter most.
 */
export async function createLogger(
  options: Pick<Options, 'logLevel' | 'logFormat'>,
): Promise<Logger> {
  const { logLevel, logFormat } = options
  const isPretty = logFormat === 'pretty' || (logFormat === 'auto' && process.stdout.isTTY)
  return pino<never>(
    {
      level: logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      // Nothing logs credentials; should a whole options object ever be logged, this keeps them out.
      redact: ['defaultPass', 'tlsKey', 'password'].flatMap((name) => [name, `*.${name}`]),
    },
    isPretty ? await prettyStream() : pino.destination({ dest: 1, sync: true }),
  )
}

/** Loaded only here: a service logs JSON and should not pay for it at its start. */
async function prettyStream(): Promise<DestinationStream> {
  const { default: pretty } = await import('pino-pretty')
  return pretty({ sync: true, colorize: process.stdout.hasColors?.() ?? false })
}
