import { BASIC_PUBLISH, encodeMethodFrame } from 'amqp-codec'
import { expect, test } from 'vitest'
import { Access } from '../../../src/auth/access.ts'
import type { PublishRequest } from '../../../src/vhost/publish-request.ts'
import { PublishRequests } from '../../../src/vhost/publish-requests.ts'
import { method } from '../../support/raw-client-method.ts'

const guest = Access.unrestricted('guest', '/')

interface Publish {
  readonly version?: number
  readonly routingKey?: string
  readonly access?: Access
}

function find(requests: PublishRequests, publish: Publish = {}): PublishRequest {
  const { version = 1, routingKey = 'k', access = guest } = publish
  const frame = encodeMethodFrame(1, method(BASIC_PUBLISH, { routingKey }))
  requests.version = version
  return requests.find(access, frame, 7, frame.length - 1)
}

test('a request is known again', () => {
  const requests = new PublishRequests()
  const request = find(requests)
  expect(find(requests)).toBe(request)
  expect(find(requests, { routingKey: 'other' })).not.toBe(request)
  expect(request.address.routingKey).toBe('k')
})

test("a request is one user's, and two may send the same in turn", () => {
  const requests = new PublishRequests()
  const access = Access.unrestricted('app', '/')
  const [mine, theirs] = [find(requests), find(requests, { access })]
  expect(theirs).not.toBe(mine)
  expect(find(requests)).toBe(mine)
  expect(find(requests, { access })).toBe(theirs)
})

test('requests and their routes are let go when the topology changes', () => {
  const requests = new PublishRequests()
  const request = find(requests)
  expect(find(requests, { version: 2 })).not.toBe(request)
})
