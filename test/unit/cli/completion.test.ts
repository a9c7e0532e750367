import { describe, expect, it } from 'vitest'
import { OPTION_ROWS } from '../../../src/config/options.ts'
import { ClientProgram } from '../../support/client-program.ts'

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
    [['declare', 'queue', 'x', '--type=q'], ['--type=quorum']],
    [['declare', 'queue', 'x', '--durable=q'], []],
    [['purge', '--', '-'], []],
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

  it('takes words as they stand in a line', async () => {
    const words = ['completion', 'words', '--quoted', '--', '--vhost', "'/'", 'purge', '"order b']
    expect(await leveret.output(words)).toBe('order book\n')
  })

  it.each(['bash', 'zsh', 'fish'])('has a script for %s', async (shell) => {
    const script = await leveret.output(['completion', shell])
    expect(script).toContain(`completion for ${shell}`)
    expect(script).toContain('leveret completion words ')
  })
})
