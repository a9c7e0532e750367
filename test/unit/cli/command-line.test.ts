import { describe, expect, it } from 'vitest'
import { parseCommandLine } from '../../../src/cli/command-line.ts'

describe('the command line', () => {
  it('starts the broker when it names no command', () => {
    expect(parseCommandLine([])).toEqual({ command: 'start', settings: [] })
    expect(parseCommandLine(['start'])).toEqual({ command: 'start', settings: [] })
  })

  it('takes values after a space or an equals sign, before or after the command', () => {
    expect(parseCommandLine(['--port', '1', 'start', '--data-dir=none'])).toEqual({
      command: 'start',
      settings: [
        { name: 'port', value: '1', source: '--port' },
        { name: 'dataDir', value: 'none', source: '--data-dir' },
      ],
    })
  })

  it.each([
    [['--help'], 'help'],
    [['-h'], 'help'],
    [['help'], 'help'],
    [['start', '--port', '1', '--help'], 'help'],
    [['--version'], 'version'],
    [['-v'], 'version'],
    [['version'], 'version'],
  ])('%j asks for %s', (args, command) => {
    expect(parseCommandLine(args)).toEqual({ command })
  })

  it.each([
    [['begin'], 'there is no command "begin"'],
    [['lsit'], 'there is no command "lsit", did you mean "list"?'],
    [['--port', '1', 'list'], 'options of "start" cannot stand before "list"'],
    [['strat'], 'there is no command "strat", did you mean "start"?'],
    [['start', 'now'], 'unexpected argument "now"'],
    [['--prot', '1'], 'there is no option "--prot", did you mean "--port"?'],
    [['-p', '1'], 'there is no option "-p"'],
    [['--port'], '--port needs a value'],
    [['--host', '--port', '1'], '--host needs a value'],
  ])('%j is refused: %s', (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(expect.objectContaining({ message }))
  })

  it('gives a value that begins with a dash after an equals sign', () => {
    expect(parseCommandLine(['--default-pass=-x'])).toMatchObject({ settings: [{ value: '-x' }] })
  })
})
