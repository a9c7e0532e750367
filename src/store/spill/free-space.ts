interface Hole {
  start: number
  end: number
}

/**
 * Which parts of an endless space are taken.
 *
 *     0                                   end
 *     | taken | hole | taken | hole | taken | free for ever …
 *
 * The first hole that is large enough is the one that is used, so that what is taken gathers at the
 * start, and `end` can come down.
 */
export class FreeSpace {
  /** In their order. None touches another, nor `end`. */
  readonly #holes: Hole[] = []
  /** No hole is larger. Spares the search where there is nothing to be found. */
  #largest = 0
  #end = 0
  #takenBytes = 0

  /** Behind this, nothing is taken. */
  get end(): number {
    return this.#end
  }

  get takenBytes(): number {
    return this.#takenBytes
  }

  /** Takes so many bytes, which are more than none, and returns where they start. */
  take(size: number): number {
    this.#takenBytes += size
    const hole = this.#holeFor(size)
    if (hole !== undefined) return hole
    const start = this.#end
    this.#end += size
    return start
  }

  /** Gives back what was taken. */
  give(start: number, size: number): void {
    this.#takenBytes -= size
    const index = this.#indexBehind(start)
    const before = this.#holes[index - 1]
    const after = this.#holes[index]
    const joinsBefore = before?.end === start
    const joinsAfter = after?.start === start + size
    const hole = {
      start: joinsBefore ? before.start : start,
      end: joinsAfter ? after.end : start + size,
    }
    const isAtEnd = hole.end === this.#end
    if (isAtEnd) this.#end = hole.start
    else this.#largest = Math.max(this.#largest, hole.end - hole.start)
    const firstJoined = joinsBefore ? index - 1 : index
    const joinedCount = (joinsBefore ? 1 : 0) + (joinsAfter ? 1 : 0)
    this.#holes.splice(firstJoined, joinedCount, ...(isAtEnd ? [] : [hole]))
  }

  #holeFor(size: number): number | undefined {
    if (size > this.#largest) return undefined
    let largest = 0
    for (let index = 0; index < this.#holes.length; index++) {
      const hole = this.#holes[index] as Hole
      const room = hole.end - hole.start
      largest = Math.max(largest, room)
      if (room < size) continue
      const { start } = hole
      hole.start += size
      if (hole.start === hole.end) this.#holes.splice(index, 1)
      return start
    }
    this.#largest = largest
    return undefined
  }

  /** The index of the first hole behind an address. */
  #indexBehind(address: number): number {
    let low = 0
    let high = this.#holes.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#holes[middle] as Hole).start > address) high = middle
      else low = middle + 1
    }
    return low
  }
}
