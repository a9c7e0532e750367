// What people see: the commands on a terminal of their own, which `script` makes.

import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { ClientProgram } from '../../../support/client-program.ts'

const leveret = await ClientProgram.start()
const bin = fileURLToPath(new URL('../../../../dist/bin.js', import.meta.url))

// That of other systems takes other arguments.
const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes(
  'util-linux',
)
const how = hasScript ? '' : ' (skipped: there is no script of util-linux)'

/** All that the terminal is sent, while the answers are typed to what it asks. */
async function onTerminal(
  command: string,
  answers: readonly (readonly [question: string, answer: string])[] = [],
): Promise<string> {
  const leveretCommand = `${process.execPath} ${bin} ${command}`
  const child = spawn(
    'script',
    ['-qec', `trap : INT; stty cols 60 rows 10; ${leveretCommand}`, '/dev/null'],
    {
      env: { PATH: process.env['PATH'], TERM: 'xterm', LEVERET_URL: leveret.url },
    },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  const waiting = [...answers]
  let screen = ''
  for await (const chunk of child.stdout) {
    screen += String(chunk)
    const [next] = waiting
    if (next === undefined || !screen.includes(next[0])) continue
    waiting.shift()
    child.stdin.write(next[1])
  }
  return screen
}

it.skipIf(!hasScript)(`fits tables to the terminal, and obeys no name${how}`, async () => {
  await leveret.output(['declare', 'queue', `long-${'x'.repeat(80)}`])
  await leveret.output(['declare', 'queue', 'evil\u001b[2J\u009b31m\n\u202e'])
  const screen = await onTerminal('list queues --columns name,durable --sort name')
  const [heading, ...lines] = screen.trimEnd().split('\r\n')
  expect(heading?.startsWith('\u001b[1mname ')).toBe(true)
  expect(heading?.endsWith(' durable\u001b[22m')).toBe(true)
  expect(lines).toHaveLength(2)
  expect(lines[0]).toMatch(/^evil\\x1b\[2J\\x9b31m\\n\\u202e +true$/)
  expect(lines[1]).toMatch(/^long-x+… {2}true$/)
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(60)
})

it.skipIf(!hasScript)(`asks for passwords, and does not show them${how}`, async () => {
  const asked = await onTerminal('user add somebody --tags management', [
    ['New password of "somebody": ', 'secret\r'],
    ['Once more: ', 'secret\r'],
  ])
  expect(asked).toContain('Added user "somebody"')
  expect(asked).not.toContain('secret')
  const listed = await onTerminal('--user somebody list vhosts', [
    ['Password of "somebody": ', 'secret\r'],
  ])
  expect(listed).not.toContain('secret')
  expect(listed).not.toContain('Not_Authorized')
})

it.skipIf(!hasScript)(`is interrupted while it asks${how}`, async () => {
  const screen = await onTerminal('--user somebody status; echo "code $?"', [
    ['Password of "somebody": ', '\u0003'],
  ])
  expect(screen).toContain('leveret: interrupted')
  expect(screen).toContain('code 130')
})

it.skipIf(!hasScript)(`shows the cursor again after watching${how}`, async () => {
  const screen = await onTerminal('list vhosts --watch 0.1; echo "code $?"', [
    ['\u001b[J\u001b[H', '\u0003'],
  ])
  expect(screen).toContain('\u001b[?25l')
  expect(screen.indexOf('\u001b[?25h')).toBeGreaterThan(screen.indexOf('\u001b[?25l'))
  expect(screen).toContain('code 0')
})
