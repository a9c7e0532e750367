/** A record, in two parts, that says its number and can be told from any other; of many sizes. */
export function numberedRecord(number: number): Buffer[] {
  const size = number % 50 === 0 ? 200_000 : (number * 7919) % 5000
  return [Buffer.from(`${number}\n`), Buffer.alloc(size, `the body of ${number}, `)]
}

/** The number of a record. It throws when it is not what was written under this number. */
export function numberOf(record: Buffer): number {
  const number = Number(record.toString('latin1', 0, record.indexOf('\n')))
  if (!record.equals(Buffer.concat(numberedRecord(number)))) {
    throw new Error(`this is not the record ${number}`)
  }
  return number
}
