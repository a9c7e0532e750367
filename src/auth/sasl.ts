import { decodeFields } from 'amqp-codec'

export interface Credentials {
  readonly username: string
  readonly password: string
}

/** Who a client is by what it has shown before: there is nothing left to prove. */
export interface Proven {
  readonly username: string
  readonly isProven: true
}

/** What a client says of itself in this way. */
export type Mechanism = (response: Buffer) => Credentials | Proven | undefined

/**
 * The SASL mechanisms that are offered. A response that cannot be read gives undefined; what it says
 * is not repeated anywhere, since it holds a password. Spec §1.4.2.2.
 */
export const MECHANISMS: ReadonlyMap<string, Mechanism> = new Map<string, Mechanism>([
  ['PLAIN', readPlain],
  ['AMQPLAIN', readAmqplain],
])

/**
 * Those that RabbitMQ 4 offers: also RFC 4505, which takes whoever comes for the user `guest`. It is let in
 * where `guest` is, with the password that everybody knows.
 */
export const MECHANISMS_WITH_ANONYMOUS: ReadonlyMap<string, Mechanism> = new Map<string, Mechanism>(
  [...MECHANISMS, ['ANONYMOUS', () => ({ username: 'guest', password: 'guest' })]],
)

/**
 * What is offered to a client: RFC 4422's EXTERNAL as well, if its certificate says that it is that user.
 * What it answers is not looked at then, as in RabbitMQ: it can be nobody else.
 */
export function mechanismsFor(
  isAnonymousLetIn: boolean,
  certifiedUsername: string | undefined,
): ReadonlyMap<string, Mechanism> {
  const mechanisms = isAnonymousLetIn ? MECHANISMS_WITH_ANONYMOUS : MECHANISMS
  if (certifiedUsername === undefined) return mechanisms
  const external = (): Proven => ({ username: certifiedUsername, isProven: true })
  return new Map<string, Mechanism>([...mechanisms, ['EXTERNAL', external]])
}

/** RFC 4616: authorization identity, NUL, user, NUL, password. */
function readPlain(response: Buffer): Credentials | undefined {
  const parts = response.toString('utf8').split('\0')
  const [, username, password] = parts
  if (parts.length !== 3 || username === undefined || password === undefined) return undefined
  return { username, password }
}

/** RabbitMQ's own: a field table's content, without its length, with LOGIN and PASSWORD. */
function readAmqplain(response: Buffer): Credentials | undefined {
  const table = decodeFields(response, 0, response.length)
  const username = table.get('LOGIN')
  const password = table.get('PASSWORD')
  if (username?.type !== 'S' || password?.type !== 'S') return undefined
  return { username: username.value, password: password.value }
}
