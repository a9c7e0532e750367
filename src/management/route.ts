import type { Answer } from './answer.ts'
import type { Call } from './call.ts'
import type { Right } from './rights.ts'

export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE'

/** One thing that can be asked for: the whole of what the server knows of it. */
export interface Route {
  readonly method: Method
  /** Below `/api`; a part that begins with a colon stands for any name: `/queues/:vhost/:name`. */
  readonly path: string
  /** Least right that it takes. Routes with a `:vhost` take access to it, besides. */
  readonly right: Right
  /** It only asks, though it has a body: who may look there may do it. */
  readonly changesNothing?: true
  readonly handle: (call: Call) => Answer | Promise<Answer>
}

/** Routes of one right, written shortly. */
export function routes(
  right: Right,
  handlers: Readonly<Record<`${Method} /${string}`, Route['handle']>>,
): Route[] {
  return Object.entries(handlers).map(([key, handle]) => {
    const [method, path] = key.split(' ') as [Method, string]
    return { method, path, right, handle }
  })
}
