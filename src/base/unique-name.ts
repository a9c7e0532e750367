import { randomBytes } from 'node:crypto'

/** A name that nobody has: `amq.gen-` or `amq.ctag-` and 22 characters, as RabbitMQ makes them. */
export function uniqueName(prefix: string): string {
  return prefix + randomBytes(16).toString('base64url')
}
