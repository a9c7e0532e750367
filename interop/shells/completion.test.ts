// What the shells make of the words that somebody has begun to type.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Broker, createBroker } from '../../src/index.ts'
import { Api } from '../rabbitmq/management/api.ts'
import { PROCESS_TIMEOUT_MS, peerTest } from '../support/peer-test.ts'
import { outputOf } from '../support/program.ts'
import { ALL_WORDS, SHELLS, Shell, type ShellName, TAB } from './shell.ts'

/** The program waits a second for names, and then has none: on a busy machine that may be too short. */
const PATIENCE = { timeout: 45_000 }

const PROGRAM = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))

/** What is typed, and what stands in the line then. */
const LINES: readonly (readonly [title: string, typed: string, line: string])[] = [
  ['a command', `leveret li${TAB}`, 'leveret list '],
  ['one of its commands', `leveret list q${TAB}`, 'leveret list queues '],
  ['all of them', `leveret declare ${ALL_WORDS}`, 'leveret declare binding exchange queue '],
  ['an option', `leveret list queues --c${TAB}`, 'leveret list queues --columns '],
  ['its value', `leveret declare queue x --type q${TAB}`, 'leveret declare queue x --type quorum '],
  [
    'its value after =',
    `leveret declare queue x --type=q${TAB}`,
    'leveret declare queue x --type=quorum ',
  ],
  [
    'what there is at the broker',
    `leveret purge ord${ALL_WORDS}`,
    String.raw`leveret purge order\ book orders `,
  ],
  [
    'the rest of it',
    String.raw`leveret purge order\ ${TAB}`,
    String.raw`leveret purge order\ book `,
  ],
  ['it in double quotes', `leveret purge "order b${TAB}`, 'leveret purge "order book" '],
  ['it in single quotes', `leveret purge 'order b${TAB}`, "leveret purge 'order book' "],
  ['a name with a colon', `leveret purge bill:${TAB}`, String.raw`leveret purge bill:1\ \$ `],
  [
    'a name in another virtual host',
    `leveret --vhost 'of others' purge ${TAB}`,
    "leveret --vhost 'of others' purge theirs ",
  ],
  [
    'an exchange',
    `leveret publish k --exchange amq.t${TAB}`,
    'leveret publish k --exchange amq.topic ',
  ],
  [
    'a command behind others',
    `true | leveret status && leveret li${TAB}`,
    'true | leveret status && leveret list ',
  ],
  ['a file', `leveret definitions import de${TAB}`, 'leveret definitions import definitions.json '],
]

let broker: Broker
/** Of a user who has the program on their path, and a broker with a few things. */
let root: string

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'leveret-shells-'))
  mkdirSync(join(root, 'bin'))
  const wrapper = `#!/bin/sh\nexec ${process.execPath} ${PROGRAM} "$@"\n`
  writeFileSync(join(root, 'bin/leveret'), wrapper, { mode: 0o755 })
  broker = await createBroker({ port: 0, managementPort: 0 })
  const api = new Api(`${broker.managementUrl}/api`)
  await api.make('PUT', '/vhosts/of%20others')
  for (const queue of [
    '%2F/orders',
    '%2F/order%20book',
    '%2F/bill%3A1%20%24',
    'of%20others/theirs',
  ]) {
    await api.make('PUT', `/queues/${queue}`, { durable: true })
  }
})

afterAll(async () => {
  await broker?.close()
  rmSync(root, { recursive: true, force: true })
})

async function startShell(name: ShellName): Promise<Shell> {
  const home = mkdtempSync(join(root, 'home-'))
  writeFileSync(join(home, 'definitions.json'), '{}')
  const path = `${join(root, 'bin')}:${process.env['PATH']}`
  const environment = { PATH: path, LEVERET_URL: broker.managementUrl ?? '' }
  const script = await outputOf([join(root, 'bin/leveret'), 'completion', name])
  return Shell.start(name, { home, script, environment })
}

const names = Object.keys(SHELLS) as ShellName[]

describe.each(names)('%s completes', (name) => {
  const test = peerTest(name)
  let shell: Shell | undefined

  const typed = async (keys: string): Promise<string> => {
    shell ??= await startShell(name)
    return shell.lineAfter(keys)
  }

  afterAll(() => shell?.close(), PROCESS_TIMEOUT_MS)

  for (const [title, keys, line] of LINES) {
    test(title, async () => {
      await expect.poll(() => typed(keys), PATIENCE).toBe(line)
    })
  }

  test('what there is at another address', async () => {
    const before = `LEVERET_URL=http://nowhere.invalid leveret --url ${broker.managementUrl} purge `
    await expect
      .poll(() => typed(`${before}bi${TAB}`), PATIENCE)
      .toBe(String.raw`${before}bill:1\ \$ `)
  })
})
