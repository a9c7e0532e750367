import { describe, expect, it } from 'vitest'
import { columns } from '../../../../src/cli/output/columns.ts'
import { Output, type Terminal } from '../../../../src/cli/output/output.ts'
import { Progress } from '../../../../src/cli/output/progress.ts'
import { bytesText, countText, durationText } from '../../../../src/cli/output/units.ts'

class Recorder implements Terminal {
  readonly isTTY: boolean
  readonly columns = 30
  written = ''

  constructor(isTTY: boolean) {
    this.isTTY = isTTY
  }

  write(text: string | Uint8Array): boolean {
    this.written += typeof text === 'string' ? text : Buffer.from(text).toString('latin1')
    return true
  }
}

function outputTo(isTTY: boolean, isJson = false) {
  const [stdout, stderr] = [new Recorder(isTTY), new Recorder(isTTY)]
  return { stdout, stderr, output: new Output({ stdout, stderr, isJson }) }
}

const ITEMS = [{ name: 'a\u009bb', n: 1 }]

describe('output', () => {
  it('is a table with a heading on a terminal', () => {
    const { stdout, output } = outputTo(true)
    output.show(output.table(columns('name', 'n'), ITEMS))
    expect(stdout.written).toBe('name    n\na\\x9bb  1\n')
  })

  it('is lines with tabs for a program', () => {
    const { stdout, output } = outputTo(false)
    output.show(output.table(columns('name', 'n'), ITEMS))
    expect(stdout.written).toBe('a\\x9bb\t1\n')
  })

  it('is one line of JSON for a program, and several on a terminal', () => {
    const piped = outputTo(false, true)
    piped.output.show(piped.output.table(columns('name'), ITEMS))
    expect(piped.stdout.written).toBe('[{"name":"a\\u009bb","n":1}]\n')
    const shown = outputTo(true, true)
    shown.output.show(shown.output.table(columns('n'), ITEMS, true))
    expect(shown.stdout.written).toBe('[\n  {\n    "n": 1\n  }\n]\n')
  })

  it('tells what was done beside the data, or as data', () => {
    const words = outputTo(false)
    words.output.done('Deleted "a\u001b"', { deleted: true })
    expect([words.stdout.written, words.stderr.written]).toEqual(['', 'Deleted "a\\x1b"\n'])
    const json = outputTo(false, true)
    json.output.done('Deleted', { deleted: true })
    expect([json.stdout.written, json.stderr.written]).toEqual(['{"deleted":true}\n', ''])
  })

  it('gives raw bytes to programs, and no terminal anything to obey', () => {
    const bytes = Buffer.from([0x61, 0x1b, 0x5b, 0x0a, 0xff])
    const piped = outputTo(false)
    piped.output.raw(bytes)
    expect(piped.stdout.written).toBe(bytes.toString('latin1'))
    const shown = outputTo(true)
    shown.output.raw(bytes)
    expect(shown.stdout.written).toBe('a\\x1b[\n\ufffd\n')
  })
})

describe('progress', () => {
  it('is one line that goes away, cut to the terminal', () => {
    const stderr = new Recorder(true)
    const progress = new Progress(stderr)
    progress.update(() => `${'x'.repeat(50)}\n`)
    progress.update(() => 'too soon after the first')
    progress.end()
    expect(stderr.written).toBe(`\r\u001b[2K${'x'.repeat(28)}…\r\u001b[2K`)
  })

  it('is nothing where there is no terminal', () => {
    const stderr = new Recorder(false)
    const progress = new Progress(stderr)
    progress.update(() => 'half')
    progress.end()
    expect(stderr.written).toBe('')
  })
})

describe('units', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [150 * 2 ** 20, '150 MiB'],
    [2 ** 50, '1024 TiB'],
  ])('%i bytes are %s', (bytes, text) => {
    expect(bytesText(bytes)).toBe(text)
  })

  it.each([
    [999, '0 s'],
    [65_000, '1 min 5 s'],
    [3_600_000, '1 h 0 min'],
    [90_061_000, '1 d 1 h'],
  ])('%i ms are %s', (ms, text) => {
    expect(durationText(ms)).toBe(text)
  })

  it('counts one and many', () => {
    expect([countText(1, 'message'), countText(0, 'message')]).toEqual(['1 message', '0 messages'])
  })
})
