import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  ApiError,
  get,
  path,
  post,
  put,
  remove,
} from '../../../../src/dashboard/pages/api/client.ts'

/** Answers everything with that, and notes what was asked for. */
function answering(status: number, body: string) {
  const asked = vi.fn(async () => new Response(status === 204 ? null : body, { status }))
  vi.stubGlobal('fetch', asked)
  return asked
}

afterEach(() => {
  vi.unstubAllGlobals()
})

const failure = (asked: Promise<unknown>): Promise<unknown> => asked.catch((error) => error)

describe('the API as pages call it', () => {
  it('has every name encoded', () => {
    expect(path`/queues/${'/'}/${'a/b?c#d%'}/bindings`).toBe(
      '/queues/%2F/a%2Fb%3Fc%23d%25/bindings',
    )
    expect(path`/users`).toBe('/users')
  })

  it('gives what it answers', async () => {
    const asked = answering(200, '{"name":"guest"}')
    expect(await get('/whoami')).toEqual({ name: 'guest' })
    expect(asked).toHaveBeenCalledWith('/api/whoami', { method: 'GET' })
  })

  it('is asked for changes as JSON only', async () => {
    const asked = answering(204, '')
    await put('/users/a', { tags: [] })
    await remove('/users/a')
    await post('/definitions', {})
    for (const call of asked.mock.calls as unknown as [string, RequestInit][]) {
      expect(call[1].headers).toMatchObject({ 'content-type': 'application/json' })
    }
  })

  it('is told a reason in one line of ASCII', async () => {
    const asked = answering(204, '')
    await remove('/connections/a', ' too\r\nmany: é! ')
    await remove('/connections/a', ' \n')
    const given = asked.mock.calls.map((call) => (call as unknown as [string, RequestInit])[1])
    expect(given.map(({ headers }) => (headers as Record<string, string>)['x-reason'])).toEqual([
      'too many: !',
      undefined,
    ])
  })

  it('says why not, in its own words', async () => {
    answering(400, '{"error":"bad_request","reason":"inequivalent arg \'type\'"}')
    const error = await failure(put('/exchanges/%2F/a', {}))
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({
      status: 400,
      code: 'bad_request',
      message: "inequivalent arg 'type'",
    })
  })

  it('may answer what is not its own', async () => {
    answering(502, '<h1>Bad Gateway</h1>')
    expect(await failure(get('/whoami'))).toMatchObject({ status: 502, code: 'no_reason' })
  })

  it('may not answer', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
    expect(await failure(get('/whoami'))).toMatchObject({
      status: 0,
      message: 'The broker does not answer',
    })
  })

  it.each(['.', '..'])(
    'is not asked for what a browser would take as a folder: %s',
    async (name) => {
      const asked = answering(204, '')
      expect(await failure(remove(path`/queues/${'/'}/${name}`))).toMatchObject({
        code: 'not_addressable',
      })
      expect(await failure(remove(path`/bindings/a/e/${name}/q/b/~`))).toBeInstanceOf(ApiError)
      expect(asked).not.toHaveBeenCalled()
    },
  )

  it('is asked for names that have dots among others', async () => {
    const asked = answering(200, '{}')
    await get(path`/queues/${'/'}/${'...'}`)
    await get(path`/queues/${'/'}/${'a..b'}?name=../..`)
    expect(asked).toHaveBeenCalledTimes(2)
  })
})
