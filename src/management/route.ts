import type { Answer } from './answer.ts'
import type { Call } from './call.ts'
import type { Right } from './rights.ts'

export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE'

/**
 * Where in a cluster something is done: by the node that has the queue which the path names; or by all of
 * them, whose lists then are one, or which each know a part of some columns of the same things.
 */
export type Place = 'owner' | 'everywhere' | { readonly together: readonly string[] }

/** One thing that can be asked for: the whole of what the server knows of it. */
export interface Route {
  readonly method: Method
  /** Below `/api`; a part that begins with a colon stands for any name: `/queues/:vhost/:name`. */
  readonly path: string
  /** Least right that it takes. Routes with a `:vhost` take access to it, besides. */
  readonly right: Right
  /** It only asks, though it has a body: who may look there may do it. */
  readonly changesNothing?: true
  /** Of a broker alone, and without this in a cluster, it is this node that does it. */
  readonly place?: Place | ((call: Call) => Place)
  readonly handle: (call: Call) => Answer | Promise<Answer>
}

/** Routes of one right, written shortly. */
export function routes(
  right: Right,
  handlers: Readonly<Record<`${Method} /${string}`, Route['handle']>>,
  common: Pick<Route, 'place'> = {},
): Route[] {
  return Object.entries(handlers).map(([key, handle]) => {
    const [method, path] = key.split(' ') as [Method, string]
    return { method, path, right, handle, ...common }
  })
}
