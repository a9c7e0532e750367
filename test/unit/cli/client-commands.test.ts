import { describe, expect, it } from 'vitest'
import { clientCommandIn } from '../../../src/cli/client-commands.ts'

describe('the command that arguments ask for', () => {
  it.each([
    [['list', 'queues'], 'list'],
    [['--json', 'list', 'queues'], 'list'],
    [['--url', 'http://list', 'status'], 'status'],
    [['--user=list', 'status'], 'status'],
    [['list', '--help'], 'list'],
    [['help', 'list'], 'list'],
    [['help', 'user', 'add'], 'user'],
  ])('%j is one for a broker that runs: %s', (args, command) => {
    expect(clientCommandIn(args)).toBe(command)
  })

  it.each([
    [[]],
    [['start']],
    [['help']],
    [['--help']],
    [['--port', '5672', 'list']],
    [['--host', 'list']],
    [['toString']],
  ])('%j is none of them', (args) => {
    expect(clientCommandIn(args)).toBeUndefined()
  })
})
