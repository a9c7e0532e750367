import { describe, expect, it } from 'vitest'
import { apiError, connectionError } from '../../../../src/cli/client/api-error.ts'

const refusal = (status: number, body: unknown) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = { status, statusText: 'Words' }
  const { outcome, message } = apiError({ method: 'GET', path: '/x', user: 'u', response, text })
  return [outcome, message]
}

describe('what the broker refuses', () => {
  it.each([
    [400, { error: 'bad_request', reason: 'why' }, ['failed', 'why']],
    [400, { error: 'bad_request', reason: { nested: 1 } }, ['failed', '{"nested":1}']],
    [400, { error: 'bad_request' }, ['failed', 'bad_request']],
    [
      404,
      { error: 'Object Not Found', reason: 'Not Found' },
      ['notFound', 'Not Found: GET /api/x'],
    ],
    [
      404,
      { error: 'not_found', reason: 'queue_not_found' },
      ['notFound', 'queue_not_found: GET /api/x'],
    ],
    [
      400,
      { error: 'x', reason: "404 NOT_FOUND - no queue 'q'" },
      ['notFound', "404 NOT_FOUND - no queue 'q'"],
    ],
    [
      401,
      { error: 'not_authorized', reason: 'Not_Authorized' },
      ['notAuthorised', 'Not_Authorized: user "u"'],
    ],
    [
      401,
      { error: 'not_authorised', reason: 'Login failed' },
      ['notAuthorised', 'Login failed: user "u"'],
    ],
    [401, { error: 'not_authorised', reason: 'no access' }, ['notAuthorised', 'no access']],
    [429, { error: 'x', reason: 'too many' }, ['failed', 'too many']],
    [502, '<html>', ['failed', '502 Words']],
    [500, 'null', ['failed', '500 Words']],
  ])('with %i and %j is told so', (status, body, expected) => {
    expect(refusal(status, body)).toEqual(expected)
  })
})

describe('that there is no broker', () => {
  it('is told with the cause, however deep it is', () => {
    const refused = new Error('connect ECONNREFUSED ::1:1')
    const both = new AggregateError([refused, new Error('other')], '')
    const failed = new TypeError('fetch failed', { cause: both })
    expect(connectionError('http://host', failed).message).toBe(
      'cannot reach http://host: connect ECONNREFUSED ::1:1',
    )
  })
})
