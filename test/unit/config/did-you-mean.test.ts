import { describe, expect, it } from 'vitest'
import { didYouMean } from '../../../src/config/did-you-mean.ts'

const known = ['host', 'port', 'data-dir', 'heartbeat']

describe('a suggestion', () => {
  it.each([
    ['prot', 'port'],
    ['hots', 'host'],
    ['datadir', 'data-dir'],
    ['hearbeat', 'heartbeat'],
  ])('for %s is %s', (word, meant) => {
    expect(didYouMean(word, known)).toBe(`, did you mean "${meant}"?`)
  })

  it('is not made when no word is near', () => {
    expect(didYouMean('management', known)).toBe('')
    expect(didYouMean('x', known)).toBe('')
  })
})
