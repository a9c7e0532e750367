import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadOptions } from '../../../src/config/load.ts'
import { defaultOptions } from '../../../src/config/resolve.ts'
import type { Setting } from '../../../src/config/setting.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'leveret-config-'))
})

afterEach(() => rmSync(directory, { recursive: true }))

function file(text: string): string {
  const path = join(directory, 'leveret.toml')
  writeFileSync(path, text)
  return path
}

const flag = (name: Setting['name'], value: string): Setting => ({ name, value, source: '--flag' })

describe('loading options', () => {
  it('gives the defaults when nothing is given', async () => {
    expect(await loadOptions([], {})).toEqual(defaultOptions())
  })

  it('prefers the command line to the environment and the environment to the file', async () => {
    const path = file('host = "file"\nport = 1\nheartbeat = 1\n')
    const environment = { LEVERET_PORT: '2', LEVERET_HEARTBEAT: '2', LEVERET_CONFIG: path }
    const options = await loadOptions([flag('heartbeatSec', '3')], environment)
    expect(options).toMatchObject({ host: 'file', port: 2, heartbeatSec: 3 })
  })

  it('reads every kind of value from a file with comments', async () => {
    const path = file(
      `# of our team\nport = 5673 # free\nloopback-users = ["a", "b"]\nlog-level = "warn"\nmax-message-size = "1MiB"\nmemory-high-watermark = 0.5\n`,
    )
    expect(await loadOptions([flag('config', path)], {})).toMatchObject({
      port: 5673,
      loopbackUsers: ['a', 'b'],
      logLevel: 'warn',
      maxMessageSizeBytes: 1_048_576,
      memoryHighWatermark: 0.5,
    })
  })

  it('honours the variables of RabbitMQ, and prefers our own', async () => {
    const rabbitmq = {
      RABBITMQ_DEFAULT_USER: 'app',
      RABBITMQ_DEFAULT_PASS: 'word',
      RABBITMQ_DEFAULT_VHOST: 'orders',
      RABBITMQ_VM_MEMORY_HIGH_WATERMARK: '40%',
    }
    const options = {
      defaultUser: 'app',
      defaultPass: 'word',
      defaultVhost: 'orders',
      memoryHighWatermark: 0.4,
    }
    expect(await loadOptions([], rabbitmq)).toMatchObject(options)
    expect(await loadOptions([], { ...rabbitmq, LEVERET_DEFAULT_USER: 'own' })).toMatchObject({
      ...options,
      defaultUser: 'own',
    })
  })

  it('takes defaults from the profile, wherever that is given', async () => {
    const options = await loadOptions([], { LEVERET_COMPAT: '3.13' })
    expect(options.serverVersion).toBe('3.13.7')
    expect(options.memoryHighWatermark).toBe(0.4)
  })

  it('takes an empty variable for one that is not set', async () => {
    expect(await loadOptions([], { LEVERET_HOST: '' })).toEqual(defaultOptions())
  })

  it.each([
    ['an unknown key', 'prot = 1', 'there is no option "prot", did you mean "port"?'],
    ['the name of another file', 'config = "x"', 'there is no option "config"'],
    ['a section', '[network]\nport = 1', 'there is no option "network"'],
    ['a bad value', 'port = "high"', 'port: expected a port from 1 to 65535'],
    ['a secret of the wrong type', 'default-pass = 1234', 'default-pass: expected text'],
    ['a key given twice', 'port = 1\nport = 2', ':2:'],
    ['something that is not TOML', 'port: 1', ':1:'],
  ])('refuses a file with %s in one line that names the file', async (_what, text, message) => {
    const path = file(text)
    const error = await loadOptions([flag('config', path)], {}).catch((thrown) => thrown)
    expect(error).toHaveProperty('name', 'ConfigError')
    expect(error.message).toContain(path)
    expect(error.message).toContain(message)
    expect(error.message).not.toMatch(/\n|1234/)
  })

  it('says why a file cannot be read', async () => {
    const missing = join(directory, 'missing.toml')
    await expect(loadOptions([flag('config', missing)], {})).rejects.toThrow(
      `cannot read the configuration file: ENOENT: no such file or directory, open '${missing}'`,
    )
    await expect(loadOptions([flag('config', directory)], {})).rejects.toThrow('EISDIR')
  })

  it('names the variable with a bad value', async () => {
    await expect(loadOptions([], { LEVERET_PORT: 'x' })).rejects.toThrow('LEVERET_PORT: expected')
  })
})
