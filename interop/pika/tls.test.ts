// pika over TLS, where Python's own TLS looks at the broker's certificate.

import { afterAll, expect } from 'vitest'
import { peerTest } from '../support/peer-test.ts'
import { pythonScenarios } from '../support/python.ts'
import { startTlsBroker } from '../support/tls-broker.ts'

const test = peerTest('pika')
const broker = await startTlsBroker()
const { run } = pythonScenarios(new URL('tls.py', import.meta.url), broker.url)
afterAll(() => broker.close())

test.ownBroker('messages of any size come through', async () => {
  expect(await run('round_trip', broker.directory)).toEqual([true, true, true, true])
})

test.ownBroker('a certificate logs in', async () => {
  expect(await run('external', broker.directory)).toBe('ann')
})

test.ownBroker('a broker that nobody vouches for is not connected to', async () => {
  expect(await run('strangers', broker.directory)).toContain('CERTIFICATE_VERIFY_FAILED')
})
