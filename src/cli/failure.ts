import { ConfigError } from '../config/config-error.ts'
import { StoreError } from '../store/store-error.ts'

/**
 * One line that tells the user why the program cannot run, for what is theirs to mend: an option, a
 * port, the data directory. Anything else is a bug of ours, and gives undefined.
 */
export function failureLine(error: unknown): string | undefined {
  if (error instanceof ConfigError || error instanceof StoreError) return error.message
  if (!isSystemError(error)) return undefined
  const place = error.port === undefined ? error.address : `${error.address}:${error.port}`
  switch (error.code) {
    case 'EADDRINUSE':
      return `cannot listen on ${place}: another program uses this port; choose one with --${error.flag ?? 'port'}`
    case 'EADDRNOTAVAIL':
      return `cannot listen on ${place}: this machine has no such address`
    case 'EACCES':
      if (error.syscall === 'listen') return `cannot listen on ${place}: permission denied`
      return error.message
    default:
      return error.message
  }
}

interface SystemError extends Error {
  readonly code: string
  readonly syscall: string
  readonly address?: string
  readonly port?: number
  /** How the port can be chosen. */
  readonly flag?: string
}

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'syscall' in error && 'code' in error
}
