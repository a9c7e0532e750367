import type { Json } from '../api/client.ts'

/** Undefined when it is no JSON; whether it is right is for the broker to say. */
export function readDefinitions(text: string): Json | undefined {
  try {
    // Files of some editors begin with a mark of the byte order.
    return JSON.parse(text.replace(/^\ufeff/, '')) as Json
  } catch {
    return undefined
  }
}
