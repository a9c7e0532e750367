// How the commands find the broker, log in, and say that they cannot.

import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { ClientProgram } from '../../../support/client-program.ts'

const leveret = await ClientProgram.start()

/** Something else that answers HTTP. */
async function otherServer(handler: RequestListener): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

it('takes the user and the password from the address', async () => {
  const url = leveret.url.replace('//', '//guest:guest@')
  await leveret.output(['--url', url, 'list', 'queues'], { environment: { LEVERET_URL: '' } })
})

it('says that the user is not known or may not do that', async () => {
  const wrong = { environment: { LEVERET_PASSWORD: 'wrong' } }
  expect(await leveret.run(['list', 'queues'], wrong)).toEqual({
    exitCode: 5,
    stdout: '',
    stderr: 'leveret: Not_Authorized: user "guest"\n',
  })
  await leveret.output(['user', 'add', 'nobody'], { input: 'p' })
  const nobody = { environment: { LEVERET_USER: 'nobody', LEVERET_PASSWORD: 'p' } }
  expect(await leveret.run(['list', 'queues'], nobody)).toMatchObject({
    exitCode: 5,
    stderr: 'leveret: Not management user\n',
  })
})

it('does not ask for a password where there is no terminal', async () => {
  expect(await leveret.run(['status', '--user', 'somebody'])).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: 'leveret: no password of "somebody": set LEVERET_PASSWORD\n',
  })
})

/** Where nobody listens any more. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

it('says that it cannot connect, and not with what password', async () => {
  for (const host of [`127.0.0.1:${await closedPort()}`, 'nowhere.invalid']) {
    const url = `http://user:password@${host}`
    const { exitCode, stdout, stderr } = await leveret.run(['status', '--url', url])
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' })
    expect(stderr).toMatch(
      /^leveret: cannot reach [^\n]+: [^\n]*(ECONNREFUSED|ENOTFOUND|EAI_AGAIN)/,
    )
    expect(stderr).toContain(`cannot reach http://${host}: `)
  }
})

it('says that what answers is no broker', async () => {
  const amqp = `http://127.0.0.1:${leveret.broker.port}`
  expect((await leveret.run(['status', '--url', amqp])).exitCode).toBe(3)
  const page = await otherServer((_request, response) => response.end('<html>'))
  expect(await leveret.run(['status', '--url', page])).toMatchObject({
    exitCode: 3,
    stderr: `leveret: cannot reach ${page}: what answers is not the HTTP API of a broker\n`,
  })
})

it('does not wait for ever, nor follow to another host', async () => {
  const silent = await otherServer(() => {})
  const late = await leveret.run(['status', '--url', silent, '--timeout', '0.2'])
  expect(late).toMatchObject({
    exitCode: 3,
    stderr: `leveret: cannot reach ${silent}: no answer within 0.2 s\n`,
  })
  const moved = await otherServer((_request, response) => {
    response.writeHead(302, { location: `${leveret.url}/api/overview` }).end()
  })
  expect((await leveret.run(['status', '--url', moved])).exitCode).toBe(3)
})

it.each([
  [['list', 'quees'], "command-argument value 'quees' is invalid for argument 'what'"],
  [['list'], "missing required argument 'what'"],
  [['list', 'queues', '--colums', 'x'], "unknown option '--colums', did you mean --columns?"],
  [['list', 'queues', 'more'], 'too many arguments'],
  [['list', 'queues', '--watch', 'often'], 'Expected a number of seconds'],
  [['get', 'q', '--count', '0'], 'Expected a whole number from 1 up.'],
  [['declare', 'queue', 'q', '--argument', 'x'], 'expected key=value, got "x"'],
  [['declare', 'queue', '..'], '".." cannot stand in an address'],
  [['declare', 'queue', ''], 'a name is empty'],
  [['status', '--url', 'localhost:15672'], '--url: expected an address such as'],
  [['move', 'q', '--routing-key', 'k'], '--routing-key goes with --to-exchange'],
])('%j is wrong usage: %s', async (args, message) => {
  const { exitCode, stdout, stderr } = await leveret.run(args)
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toMatch(/^leveret: [^\n]+\n$/)
  expect(stderr).toContain(message)
})

it('shows what a command takes', async () => {
  const help = await leveret.output(['list', '--help'])
  expect(help).toContain('--columns <names>')
  expect(help).toContain('--url <url>')
  expect(await leveret.output(['help', 'list'])).toBe(help)
  expect(await leveret.run(['user'])).toMatchObject({
    exitCode: 2,
    stdout: '',
    stderr: expect.stringContaining('tags <user> [tags]'),
  })
})

it('shows no control characters in what the broker says', async () => {
  const hostile = await otherServer((_request, response) => {
    response.writeHead(400)
    response.end(JSON.stringify({ error: 'bad_request', reason: 'no\u001b[2J\n\u009b31m' }))
  })
  expect(await leveret.run(['status', '--url', hostile])).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'leveret: no\\x1b[2J\\n\\x9b31m\n',
  })
})

it('says which commands another broker does not have', async () => {
  const rabbit = await otherServer((request, response) => {
    const isOverview = request.url === '/api/overview'
    response.writeHead(isOverview ? 200 : 404)
    const missing = { error: 'Object Not Found', reason: 'Not Found' }
    response.end(JSON.stringify(isOverview ? { erlang_full_version: 'Erlang/OTP 25' } : missing))
  })
  for (const args of [
    ['peek', 'q'],
    ['move', 'q'],
    ['explain-route', 'x', 'k'],
    ['delete', 'message', 'q', '1'],
  ]) {
    const { exitCode, stderr } = await leveret.run([...args, '--url', rabbit])
    expect(exitCode).toBe(7)
    expect(stderr).toMatch(/needs Leveret, and this broker is another\n$/)
  }
})
