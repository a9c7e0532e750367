import type { Call } from './call.ts'
import { noSuchObject } from './http-error.ts'

/** The node that the path names is the only one there is. Throws 404. */
export function assertThisNode(call: Call): void {
  if (call.param('node') !== call.broker.nodeName) throw noSuchObject()
}
