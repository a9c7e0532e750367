// A program in C that uses librabbitmq, compiled as its users compile theirs.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { PROCESS_TIMEOUT_MS, peerTest } from '../support/peer-test.ts'
import { outputOf, Program } from '../support/program.ts'

const test = peerTest('librabbitmq')
const source = fileURLToPath(new URL('scenarios.c', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'leveret-librabbitmq-'))
const program = join(directory, 'scenarios')
const broker = await startBroker()
beforeAll(async () => {
  const gcc = new Program(['gcc', '-Wall', '-Wextra', '-o', program, source, '-lrabbitmq'], {
    outlivesTest: true,
  })
  expect(await gcc.ended).toEqual({ exitCode: 0, stdout: '', stderr: '' })
}, PROCESS_TIMEOUT_MS)
afterAll(async () => {
  rmSync(directory, { recursive: true })
  await broker.close()
})

/** What the scenario says, line by line. */
async function run(scenario: string): Promise<string[]> {
  return (await outputOf([program, scenario, broker.url])).trimEnd().split('\n')
}

test('every publish is confirmed, and one that nobody gets is returned', async () => {
  expect(await run('confirms')).toEqual(['confirmed: 100', 'returned: NO_ROUTE', 'body: lost'])
})

test('bodies, properties and headers come back as they were sent', async () => {
  expect(await run('messages')).toEqual([
    'body: hello',
    'correlation_id: c-1',
    'timestamp: 1700000000',
    'header bool: boolean 1',
    'header i32: i32 -7',
    'header utf8: text grün',
    'header table: table of 1',
  ])
})

test('bodies of every size come back, from none to several megabytes', async () => {
  expect(await run('large_bodies')).toEqual([
    '0: same',
    '131064: same',
    '131065: same',
    '3000000: same',
  ])
})

test('what is requeued comes again, and what is rejected is dead-lettered', async () => {
  expect(await run('dead_letters')).toEqual([
    'redelivered: 0',
    'redelivered: 1',
    'dead: twice',
    'header x-first-death-reason: text rejected',
  ])
})

test('a channel that an error has closed can be opened again', async () => {
  expect(await run('channel_error')).toEqual([
    "404 NOT_FOUND - no queue 'interop.no.such.queue' in vhost '/'",
    'channel opened again',
  ])
})

test('heartbeats keep a connection until a delayed message comes', async () => {
  expect(await run('heartbeats')).toEqual(['heartbeat: 1', 'body: after some silence'])
})
