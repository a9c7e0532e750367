import { describe, expect, it } from 'vitest'
import { may } from '../../../../src/dashboard/pages/rights.ts'
import { chosenTheme } from '../../../../src/dashboard/pages/theme.ts'

describe('what is offered to a user', () => {
  it.each([
    ['administrator', 'administrator', true],
    ['administrator', 'policymaker', true],
    ['administrator', 'monitoring', true],
    ['policymaker', 'policymaker', true],
    ['policymaker', 'monitoring', false],
    ['monitoring', 'administrator', false],
    ['management', 'policymaker', false],
  ] as const)('with the tag %s for the right %s: %s', (tag, right, expected) => {
    expect(may({ name: 'someone', tags: [tag] }, right)).toBe(expected)
  })
})

describe("bull-board's settings", () => {
  it.each([
    ['{"state":{"theme":"dark"},"version":2}', 'dark'],
    ['{"state":{}}', undefined],
    ['null', undefined],
    ['{', undefined],
    [null, undefined],
  ])('%j', (settings, theme) => {
    expect(chosenTheme(settings)).toBe(theme)
  })
})
