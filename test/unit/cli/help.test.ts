import { describe, expect, it } from 'vitest'
import { CLIENT_COMMANDS } from '../../../src/cli/client-commands.ts'
import { helpText } from '../../../src/cli/help.ts'
import { OPTION_ROWS } from '../../../src/config/options.ts'

describe('the help text', () => {
  it('shows every command with what it is for', () => {
    const help = helpText()
    for (const [name, { summary }] of CLIENT_COMMANDS) {
      expect(help).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'))
    }
  })

  it('shows every option with what it takes, its doc and its default', () => {
    const help = helpText()
    for (const row of OPTION_ROWS.values()) {
      expect(help).toContain(`  --${row.flag} <`)
      expect(help).toContain(row.doc)
    }
    expect(help).toContain(
      '--max-connections <number>\n      Most connections open at a time. 0: no limit. Default: 0.\n',
    )
    expect(help).toContain('--log-format <auto|pretty|json>')
  })
})
