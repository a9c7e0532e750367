import { InvalidArgumentError } from '@commander-js/extra-typings'

/** For options that take a whole number. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (Number.isSafeInteger(number) && number >= least) return number
    throw new InvalidArgumentError(`Expected a whole number from ${least} up.`)
  }
}

/** For options that take a time in seconds, which need not be whole. */
export function seconds(text: string): number {
  const number = Number(text)
  if (text.trim() !== '' && number >= 0.1 && number <= 86_400) return number
  throw new InvalidArgumentError('Expected a number of seconds from 0.1 to 86400.')
}
