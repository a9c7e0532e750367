import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createBroker } from '../../../../src/index.ts'
import { ClientProgram } from '../../../support/client-program.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

const leveret = await ClientProgram.start()
const as = (LEVERET_USER: string, LEVERET_PASSWORD: string) => ({
  environment: { LEVERET_USER, LEVERET_PASSWORD },
})

it('adds, changes and deletes users', async () => {
  const add = ['user', 'add', 'u', '--tags', 'monitoring']
  expect(await leveret.json(add, { environment: { LEVERET_NEW_PASSWORD: 'first' } })).toEqual({
    created: true,
  })
  await leveret.output(['status'], as('u', 'first'))
  // From standard input, as password managers give it.
  expect(await leveret.json(['user', 'password', 'u'], { input: 'second\n' })).toEqual({
    changed: true,
  })
  await leveret.output(['status'], as('u', 'second'))
  expect(await leveret.json(['user', 'tags', 'u', 'management,policymaker'])).toEqual({
    changed: true,
  })
  await leveret.output(['status'], as('u', 'second'))
  expect(await leveret.output(['list', 'users', '--sort', 'name'])).toBe(
    'guest\tadministrator\nu\tmanagement, policymaker\n',
  )
  expect(await leveret.json(['user', 'delete', 'u'])).toEqual({ deleted: true })
  expect(await leveret.run(['user', 'add', 'u'], { input: '' })).toMatchObject({
    exitCode: 2,
    stderr: 'leveret: the new password is empty\n',
  })
})

it('adds and deletes virtual hosts', async () => {
  const add = ['vhost', 'add', 'a/b', '--description', 'of tests', '--tags', 'x,y']
  expect(await leveret.json(add)).toEqual({ created: true })
  expect(await leveret.json(add)).toEqual({ created: false })
  expect(await leveret.output(['list', 'vhosts', '--columns', 'name,description'])).toContain(
    'a/b\tof tests\n',
  )
  expect(await leveret.json(['vhost', 'delete', 'a/b'])).toEqual({ deleted: true })
  expect((await leveret.run(['vhost', 'delete', 'a/b'])).exitCode).toBe(4)
})

it('sets and clears permissions', async () => {
  await leveret.output(['user', 'add', 'p'], { input: 'x' })
  await leveret.output(['permissions', 'set', 'p', '^p-', '.*', '^$'])
  await leveret.output(['permissions', 'set-topic', 'p', 'amq.topic', '^p\\.', '.*'])
  expect(await leveret.output(['list', 'permissions'])).toContain('/\tp\t^p-\t.*\t^$\n')
  expect(await leveret.output(['list', 'topic-permissions'])).toBe('/\tp\tamq.topic\t^p\\.\t.*\n')
  await leveret.output(['permissions', 'clear-topic', 'p', 'amq.topic'])
  await leveret.output(['permissions', 'clear', 'p'])
  expect(await leveret.output(['list', 'topic-permissions'])).toBe('')
  expect(await leveret.output(['list', 'permissions'])).not.toContain('\tp\t')
  expect((await leveret.run(['permissions', 'clear', 'p'])).exitCode).toBe(4)
})

it('sets and deletes policies, of users and of operators', async () => {
  const limits = ['max-length=10', 'overflow=reject-publish']
  const set = ['policy', 'set', 'limits', '^q', ...limits, '--apply-to', 'queues']
  expect(await leveret.json([...set, '--priority', '2'])).toEqual({ created: true })
  expect(await leveret.output(['list', 'policies'])).toBe(
    '/\tlimits\t^q\tqueues\t2\t{"max-length":10,"overflow":"reject-publish"}\n',
  )
  await leveret.output(['policy', 'set', 'ours', '.*', 'max-length=99', '--operator'])
  expect(await leveret.output(['list', 'operator-policies'])).toContain('ours')
  await leveret.output(['policy', 'delete', 'ours', '--operator'])
  expect(await leveret.json(['policy', 'delete', 'limits'])).toEqual({ deleted: true })
  expect(await leveret.json(['list', 'policies'])).toEqual([])
  expect(await leveret.run(['policy', 'set', 'p', '.*', 'max-length=many'])).toMatchObject({
    exitCode: 1,
    stdout: '',
  })
})

it('exports definitions that it can import into another broker', async () => {
  const file = join(temporaryDirectory(), 'definitions.json')
  await leveret.output(['declare', 'queue', 'exported'])
  await leveret.output(['definitions', 'export', file])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const printed = JSON.parse(await leveret.output(['definitions', 'export']))
  expect(printed).toEqual(JSON.parse(readFileSync(file, 'utf8')))
  expect(await leveret.json(['definitions', 'export', '--vhost', '/'])).toMatchObject({
    rabbitmq_definition_format: 'single_virtual_host',
  })
  const second = await createBroker({ port: 0, managementPort: 0 })
  onTestFinished(() => second.close())
  const there = ['--url', second.managementUrl ?? '']
  await leveret.output(['definitions', 'import', file, ...there])
  await leveret.output(['definitions', 'import', '-', ...there], { input: readFileSync(file) })
  expect(await leveret.output(['list', 'queues', ...there])).toContain('exported')
})

it('says which file cannot be imported, and why', async () => {
  const missing = await leveret.run(['definitions', 'import', '/nowhere/file.json'])
  expect(missing).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^leveret: ENOENT: .*\n$/),
  })
  const broken = await leveret.run(['definitions', 'import', '-'], { input: '{' })
  expect(broken).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^leveret: -: .*JSON.*\n$/),
  })
})
