const DIGITS = /^([+-]?\d+)(.*)$/s
const MAX_MILLISECONDS = 315_360_000_000n

/**
 * What is wrong with a message's `expiration`, as RabbitMQ prints it, or undefined when it is a
 * whole number of milliseconds. https://www.rabbitmq.com/docs/ttl#per-message-ttl-in-publishers
 */
export function expirationProblem(expiration: string): string | undefined {
  const match = DIGITS.exec(expiration)
  if (match === null) return 'no_integer'
  const [, digits = '', rest = ''] = match
  if (rest !== '') return `{leftover_string,"${rest}"}`
  const milliseconds = BigInt(digits.replace('+', ''))
  if (milliseconds < 0n) return `{value_negative,${milliseconds}}`
  return milliseconds > MAX_MILLISECONDS ? `{value_too_large,${milliseconds}}` : undefined
}
