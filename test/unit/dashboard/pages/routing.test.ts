import { describe, expect, it } from 'vitest'
import { addressOf, placeOf } from '../../../../src/dashboard/pages/routing.ts'

describe('addresses of pages', () => {
  it.each([
    ['', '', []],
    ['#', '', []],
    ['#/', '', []],
    ['#/queues', 'queues', []],
    ['#/queues/%2F/a%2Fb', 'queues', ['/', 'a/b']],
    ['#/queues/%2F/100%25', 'queues', ['/', '100%']],
  ])('reads %j', (hash, page, names) => {
    expect(placeOf(hash)).toMatchObject({ page, names })
  })

  it('reads what stands behind a question mark', () => {
    const { page, query } = placeOf('#/queues?page=2&name=a%26b')
    expect([page, query.get('page'), query.get('name')]).toEqual(['queues', '2', 'a&b'])
  })

  it('leaves what is encoded badly as it is', () => {
    expect(placeOf('#/queues/%2F/100%').names).toEqual(['/', '100%'])
  })

  it.each(['plain', '', '/', '%', '%2F', '?a=b', '#', 'a\nb', '<img src=x>', 'é ›', '..'])(
    'comes back to %j',
    (name) => {
      expect(placeOf(addressOf('queues', ['/', name], { name })).names).toEqual(['/', name])
    },
  )

  it('leaves an empty query out', () => {
    expect(addressOf('users')).toBe('#/users')
    expect(addressOf('users', [], { name: 'a b' })).toBe('#/users?name=a+b')
  })
})
