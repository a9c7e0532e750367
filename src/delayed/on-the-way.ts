/** So much may be on its way before it is known to be stored: all of it may become one record. */
const MOST_COUNT = 4000
const MOST_BYTES = 2 * 1024 * 1024

/** How much was released and is not known to be safe where it goes. */
export class OnTheWay {
  #count = 0
  #bytes = 0

  add(bodySize: number): void {
    this.#count++
    this.#bytes += bodySize
  }

  arrived(bodySize: number): void {
    this.#count--
    this.#bytes -= bodySize
  }

  allArrived(): void {
    this.#count = 0
    this.#bytes = 0
  }

  /** Nothing more is to be released. */
  get isFull(): boolean {
    return this.#count >= MOST_COUNT || this.#bytes >= MOST_BYTES
  }

  /** So much has arrived that it is worth going on. */
  get hasRoom(): boolean {
    return this.#count <= MOST_COUNT / 2 && this.#bytes <= MOST_BYTES / 2
  }
}
