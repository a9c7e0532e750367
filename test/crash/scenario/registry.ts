interface Fate {
  isConfirmed: boolean
  /** Whether somebody has said that it need not be there any more, whoever heard that. */
  isAcked: boolean
  readonly places: string[]
}

/** Which messages must be somewhere, and where they are found. */
export class Registry {
  readonly #fates = new Map<number, Fate>()
  lastNumber = 0
  confirmedCount = 0
  /** How many were found in each place. */
  readonly foundCounts = new Map<string, number>()

  published(): number {
    this.#fates.set(++this.lastNumber, { isConfirmed: false, isAcked: false, places: [] })
    return this.lastNumber
  }

  confirmed(number: number): void {
    const fate = this.#fates.get(number)
    if (fate === undefined || fate.isConfirmed) return
    fate.isConfirmed = true
    this.confirmedCount++
  }

  acked(number: number): void {
    const fate = this.#fates.get(number)
    if (fate !== undefined) fate.isAcked = true
  }

  found(number: number, place: string): void {
    const fate = this.#fates.get(number) ?? this.#stranger(number)
    fate.places.push(place)
    this.foundCounts.set(place, (this.foundCounts.get(place) ?? 0) + 1)
  }

  /** Everything was taken out: what is wrong with it? Nothing of it may come again. */
  settle(): readonly string[] {
    const wrongs: string[] = []
    for (const [number, { isConfirmed, isAcked, places }] of this.#fates) {
      if (places.length > 1) wrongs.push(`${number} is in ${places.join(' and ')}`)
      if (places.length === 0 && isConfirmed && !isAcked) wrongs.push(`${number} is lost`)
    }
    this.#fates.clear()
    return wrongs
  }

  /** It was settled before, or never published. */
  #stranger(number: number): Fate {
    const fate = { isConfirmed: false, isAcked: false, places: ['nowhere, for good'] }
    this.#fates.set(number, fate)
    return fate
  }
}
