// Access class: a leftover of 0-8 that some clients still send.

import { ACCESS_REQUEST, ACCESS_REQUEST_OK } from 'amqp-codec'
import { describe, expect } from 'vitest'
import { test } from '../support/raw-client-broker.ts'

describe('access.request', () => {
  test('of an old client is granted with ticket 1', async ({ broker }) => {
    const channel = await broker.channel()
    const { ticket } = await channel
      .send(ACCESS_REQUEST, { realm: '/data', active: true, write: true, read: true })
      .expect(ACCESS_REQUEST_OK)
    expect(ticket).toBe(1)
  })
})
