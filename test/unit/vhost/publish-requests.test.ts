import { BASIC_PUBLISH, encodeMethodFrame } from 'amqp-codec'
import { expect, test } from 'vitest'
import type { PublishRequest } from '../../../src/vhost/publish-request.ts'
import { PublishRequests } from '../../../src/vhost/publish-requests.ts'
import { method } from '../../support/raw-client-method.ts'

function find(requests: PublishRequests, version: number, routingKey = 'k'): PublishRequest {
  const frame = encodeMethodFrame(1, method(BASIC_PUBLISH, { routingKey }))
  return requests.find(frame, 7, frame.length - 1, version)
}

test('a request is known again', () => {
  const requests = new PublishRequests()
  const request = find(requests, 1)
  expect(find(requests, 1)).toBe(request)
  expect(find(requests, 1, 'other')).not.toBe(request)
  expect(request.address.routingKey).toBe('k')
})

test('requests and their routes are let go when the topology changes', () => {
  const requests = new PublishRequests()
  const request = find(requests, 1)
  expect(find(requests, 2)).not.toBe(request)
})
