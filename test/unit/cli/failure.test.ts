import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { failureLine } from '../../../src/cli/failure.ts'
import { ConfigError } from '../../../src/config/config-error.ts'
import { StoreError } from '../../../src/store/store-error.ts'

const servers: ReturnType<typeof createServer>[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

function listen(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    servers.push(server)
    server.on('error', reject)
    server.listen(port, host, () => resolve((server.address() as { port: number }).port))
  })
}

describe('the line about a failure', () => {
  it('is the message of an error in the configuration', () => {
    expect(failureLine(new ConfigError('no such option'))).toBe('no such option')
  })

  it('is the message of an error of the store', () => {
    const error = new StoreError('the data directory is in use', { cause: new Error('why') })
    expect(failureLine(error)).toBe('the data directory is in use')
  })

  it('says that a port is taken', async () => {
    const port = await listen('127.0.0.1', 0)
    const error = await listen('127.0.0.1', port).catch((thrown: unknown) => thrown)
    expect(failureLine(error)).toBe(
      `cannot listen on 127.0.0.1:${port}: another program uses this port; choose one with --port`,
    )
  })

  it('names the option that another port is given with', async () => {
    const port = await listen('127.0.0.1', 0)
    const error = await listen('127.0.0.1', port).catch((thrown: unknown) => thrown)
    expect(failureLine(Object.assign(error as Error, { flag: 'tls-port' }))).toContain(
      'choose one with --tls-port',
    )
  })

  it('says that the machine does not have the address', async () => {
    const error = await listen('192.0.2.1', 5672).catch((thrown: unknown) => thrown)
    expect(failureLine(error)).toBe(
      'cannot listen on 192.0.2.1:5672: this machine has no such address',
    )
  })

  it('says that a port needs more rights', () => {
    const error = Object.assign(new Error('listen EACCES: permission denied 127.0.0.1:80'), {
      code: 'EACCES',
      syscall: 'listen',
      address: '127.0.0.1',
      port: 80,
    })
    expect(failureLine(error)).toBe('cannot listen on 127.0.0.1:80: permission denied')
  })

  it('does not exist for a bug', () => {
    expect(failureLine(new TypeError('x is not a function'))).toBeUndefined()
    expect(failureLine('thrown text')).toBeUndefined()
  })
})
