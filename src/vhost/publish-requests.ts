import type { Access } from '../auth/access.ts'
import { ADDRESS_OFFSET, PublishRequest } from './publish-request.ts'

const FIRST_SLOTS = 64
const MAX_SLOTS = 16 * 1024

/**
 * The publish requests of a vhost that were seen lately, so that publishers who go round many
 * routing keys need not have each of them decoded, permitted and routed again. Each user has its own. A
 * request that falls on another's slot replaces it; the table grows when that happens often, up to some
 * megabytes.
 */
export class PublishRequests {
  #slots: (PublishRequest | undefined)[] = []
  #replaced = 0
  #version = -1

  /**
   * With another version of the topology the table begins anew, since it would keep alive the queues of
   * the old one.
   */
  set version(version: number) {
    if (version !== this.#version) this.#clear(version)
  }

  /** The method frame's payload is `buffer[start, end)`. Throws CodecError. */
  find(access: Access, buffer: Buffer, start: number, end: number): PublishRequest {
    const at = hash(buffer, start + ADDRESS_OFFSET, end) ^ access.salt
    const slot = at & (this.#slots.length - 1)
    const known = this.#slots[slot]
    if (known !== undefined && known.access === access && known.equals(buffer, start, end)) {
      return known
    }
    const request = new PublishRequest(access, buffer, start, end)
    this.#slots[slot] = request
    if (known !== undefined) this.#grow()
    return request
  }

  #clear(version: number): void {
    this.#version = version
    this.#replaced = 0
    this.#slots = emptySlots(FIRST_SLOTS)
  }

  #grow(): void {
    if (++this.#replaced < this.#slots.length || this.#slots.length === MAX_SLOTS) return
    this.#replaced = 0
    this.#slots = emptySlots(this.#slots.length * 4)
  }
}

function emptySlots(count: number): (PublishRequest | undefined)[] {
  return new Array<PublishRequest | undefined>(count).fill(undefined)
}

/** FNV-1a. */
function hash(buffer: Buffer, start: number, end: number): number {
  let value = 0x811c9dc5
  for (let at = start; at < end; at++) value = Math.imul(value ^ (buffer[at] as number), 0x01000193)
  return value ^ (value >>> 15)
}
