// Publish frames made in advance. A reel holds one publish after the other
// (method, header and body frames), one for each routing key and then again
// from the first, for so long that a full batch can start at any key. Sending
// is then: stamp sixteen bytes a message, write one stretch of the reel.

import {
  BASIC_PUBLISH,
  encodeBodyFrames,
  encodeContentHeaderFrame,
  encodeMethodFrame,
  FRAME_HEADER_SIZE,
} from 'amqp-codec'
import type { Route } from './topology.ts'

/** A write is ended once it is this long. */
export const BATCH_BYTES = 65536

export interface Reel {
  bytes: Buffer
  /** Messages before it begins anew. */
  cycle: number
  /** Where message i starts; one more entry says where the last one ends. */
  starts: Uint32Array
  /** Where the body of message i starts. */
  bodies: Uint32Array
  /** The queue that message i reaches. */
  queues: Uint16Array
}

export interface ReelOptions {
  exchange: string
  routes: Route[]
  bodySizeBytes: number
  persistent: boolean
  /** Message i has priority i modulo this; 0: no priorities. */
  priorities: number
  frameMax: number
}

export function makeReel({ exchange, routes, ...options }: ReelOptions): Reel {
  const body = filler(options.bodySizeBytes)
  const bodyFrames = encodeBodyFrames(1, body, options.frameMax)
  const mode = options.persistent ? { deliveryMode: 2 } : {}
  const headers = Array.from({ length: Math.max(options.priorities, 1) }, (_, priority) => {
    const properties = options.priorities > 0 ? { ...mode, priority } : mode
    return encodeContentHeaderFrame(1, body.length, properties)
  })
  const methods = routes.map(({ routingKey }) =>
    encodeMethodFrame(1, {
      id: BASIC_PUBLISH,
      ticket: 0,
      exchange,
      routingKey,
      mandatory: false,
      immediate: false,
    }),
  )
  const parts: Buffer[] = []
  const starts = [0]
  const bodies: number[] = []
  const queues: number[] = []
  let cycleBytes = 0
  const cycle = routes.length * headers.length
  for (let i = 0, length = 0; i < cycle || length < cycleBytes + BATCH_BYTES; i++) {
    const method = methods[i % routes.length] as Buffer
    const header = headers[i % headers.length] as Buffer
    parts.push(method, header, bodyFrames)
    bodies.push(length + method.length + header.length + FRAME_HEADER_SIZE)
    queues.push((routes[i % routes.length] as Route).queue)
    length += method.length + header.length + bodyFrames.length
    starts.push(length)
    if (i === cycle - 1) cycleBytes = length
  }
  return {
    bytes: Buffer.concat(parts),
    cycle,
    starts: Uint32Array.from(starts),
    bodies: Uint32Array.from(bodies),
    queues: Uint16Array.from(queues),
  }
}

/** What every body consists of, apart from its stamp. */
export function filler(bytes: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: bytes }, (_, i) => 97 + ((i * 7) % 26)))
}
