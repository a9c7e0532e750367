import { expect, it } from 'vitest'
import { COMPAT_PROFILES } from '../../../src/config/compat.ts'
import { OPTION_ROWS } from '../../../src/config/options.ts'

const row = OPTION_ROWS.get('compat')

it('has a profile for every value of the option', () => {
  const choices = row?.type === 'choice' ? row.choices : []
  expect(Object.keys(COMPAT_PROFILES).sort()).toEqual([...choices].sort())
  for (const [name, profile] of Object.entries(COMPAT_PROFILES)) expect(profile.name).toBe(name)
})

it('has the same defaults as the table of options when it is lenient', () => {
  for (const [name, value] of Object.entries(COMPAT_PROFILES.lenient.defaults)) {
    expect(OPTION_ROWS.get(name as 'serverVersion')?.default).toBe(value)
  }
})
