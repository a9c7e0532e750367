import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { OPTION_ROWS } from '../../../src/config/options.ts'
import { ClientProgram } from '../../support/client-program.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const leveret = await ClientProgram.start()
for (const name of ['orders', 'order book', 'bills', 'evil\nname']) {
  await leveret.output(['declare', 'queue', name])
}

const complete = async (...words: string[]): Promise<string[]> => {
  const text = await leveret.output(['completion', 'words', '--', ...words])
  return text.split('\n').slice(0, -1)
}

describe('completion', () => {
  it.each([
    [['l'], ['list']],
    [['list', 'q'], ['queues']],
    [['list', 'queues', '--c'], ['--columns']],
    [['--u'], ['--url', '--user']],
    [
      ['user', 'add', 'x', '--t'],
      ['--tags', '--timeout'],
    ],
    [
      ['declare', ''],
      ['queue', 'exchange', 'binding'],
    ],
    [['declare', 'queue', 'x', '--type', 'q'], ['quorum']],
    [['start', '--durab'], ['--durability']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['purge', 'orders', 'o'], []],
    [['nonsense', 'x', 'y'], []],
  ])('of %j offers %j', async (words, expected) => {
    expect((await complete(...words)).filter((word) => word !== 'words').sort()).toEqual(
      [...expected].sort(),
    )
  })

  it('offers what the broker has, unless a shell could not show it', async () => {
    expect((await complete('purge', '')).sort()).toEqual(['bills', 'order book', 'orders'])
    expect(await complete('--vhost', '/', 'get', '--count', '2', 'b')).toEqual(['bills'])
    expect(await complete('list', 'queues', '--vhost', '')).toEqual(['/'])
    expect(await complete('publish', 'k', '--exchange', 'amq.t')).toEqual(['amq.topic'])
    expect(await complete('purge', '--url', 'http://nowhere.invalid', 'o')).toEqual([])
  })

  it('offers every option of start', async () => {
    const flags = [...OPTION_ROWS.values()].map(({ flag }) => `--${flag}`)
    expect(await complete('start', '--')).toEqual(expect.arrayContaining(flags))
  })

  it('works in bash', async () => {
    const directory = temporaryDirectory()
    const program = fileURLToPath(new URL('../../../dist/bin.js', import.meta.url))
    const wrapper = `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`
    writeFileSync(join(directory, 'leveret'), wrapper, { mode: 0o755 })
    const script = await leveret.output(['completion', 'bash'])
    const line = 'COMP_WORDS=(leveret purge ord); COMP_CWORD=2; _leveret'
    const { stdout } = await promisify(execFile)(
      'bash',
      ['-c', `${script}\n${line}; printf '%s|' "\${COMPREPLY[@]}"`],
      { env: { PATH: `${directory}:${process.env['PATH']}`, LEVERET_URL: leveret.url } },
    )
    expect(stdout.split('|').sort()).toEqual(['', 'order\\ book', 'orders'])
  })

  it.each(['bash', 'zsh', 'fish'])('has a script for %s', async (shell) => {
    const script = await leveret.output(['completion', shell])
    expect(script).toContain(`completion for ${shell}`)
    expect(script).toContain('leveret completion words -- ')
  })
})
