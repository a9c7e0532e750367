import { describe, expect, it } from 'vitest'
import { found, list } from '../../../src/management/answer.ts'
import { HttpError } from '../../../src/management/http-error.ts'
import { shaped } from '../../../src/management/shaping.ts'

const QUEUES = [
  { vhost: 'b', name: 'x', messages: 3, arguments: { 'x-max-length': 5, deep: { a: 1, b: 2 } } },
  { vhost: 'a', name: 'Big', messages: 20, arguments: {} },
  { vhost: 'a', name: 'small', messages: 1, arguments: { 'x-max-length': 2 } },
]

const shape = (query: string) => shaped(list(QUEUES), new URLSearchParams(query))
const names = (query: string) => (shape(query) as { name: string }[]).map(({ name }) => name)

const refusal = (query: string): HttpError => {
  try {
    shape(query)
  } catch (error) {
    expect(error).toBeInstanceOf(HttpError)
    return error as HttpError
  }
  throw new Error('it was not refused')
}

describe('a list', () => {
  it('is sorted by virtual host and name', () => {
    expect(names('')).toEqual(['Big', 'small', 'x'])
  })

  it('is sorted by what is asked for, numbers as numbers', () => {
    expect(names('sort=messages')).toEqual(['small', 'x', 'Big'])
    expect(names('sort=messages&sort_reverse=true')).toEqual(['Big', 'x', 'small'])
    expect(names('sort=vhost,messages')).toEqual(['small', 'Big', 'x'])
  })

  it('is sorted by what stands deeper, and what has no such thing comes first', () => {
    expect(names('sort=arguments.x-max-length')).toEqual(['Big', 'small', 'x'])
  })

  it('keeps its order where nothing has what it is sorted by', () => {
    expect(names('sort=nothing')).toEqual(['Big', 'small', 'x'])
  })

  it('shows the columns that are asked for', () => {
    expect(shape('columns=name,arguments.deep.b,arguments.x-max-length,nothing')).toEqual([
      { name: 'Big', arguments: {} },
      { name: 'small', arguments: { 'x-max-length': 2 } },
      { name: 'x', arguments: { 'x-max-length': 5, deep: { b: 2 } } },
    ])
  })

  it('shows no columns that only the prototype has', () => {
    expect(shape('columns=constructor,__proto__.polluted')).toEqual([{}, {}, {}])
  })

  it('shows a part as a whole when that is asked for as well, and one often named once', () => {
    const [, , last] = shape('columns=arguments.deep.a,arguments,name,name') as object[]
    expect(last).toEqual({ name: 'x', arguments: { 'x-max-length': 5, deep: { a: 1, b: 2 } } })
    expect(shape(`columns=${'arguments.deep.a,'.repeat(5000)}`)).toHaveLength(3)
  })

  it('is not filtered by what would take for ever', () => {
    const long = [{ vhost: 'a', name: 'a'.repeat(200) }]
    const query = new URLSearchParams({ page: '1', use_regex: 'true', name: '(a+)+(a+)+!' })
    expect(() => shaped(list(long), query)).toThrow('Pagination parameters are invalid')
  })

  it('is bare unless a page is asked for', () => {
    expect(names('name=small')).toHaveLength(3)
  })
})

describe('a page', () => {
  it('says of how much it is a part', () => {
    expect(shape('page=2&page_size=2&columns=name')).toEqual({
      filtered_count: 3,
      item_count: 1,
      items: [{ name: 'x' }],
      page: 2,
      page_count: 2,
      page_size: 2,
      total_count: 3,
    })
  })

  it('has a hundred things unless it is said', () => {
    expect(shape('page=1')).toMatchObject({ page_size: 100, page_count: 1 })
  })

  it.each([
    ['name=big', ['Big']],
    ['name=S', ['small']],
    ['name=%5E.%24&use_regex=true', ['x']],
    ['name=BIG%7Csmall&use_regex=true', ['Big', 'small']],
  ])('can be of those whose name is like that: %s', (query, expected) => {
    const page = shape(`page=1&${query}`) as { items: { name: string }[]; total_count: number }
    expect(page.items.map(({ name }) => name)).toEqual(expected)
    expect(page.total_count).toBe(3)
  })

  it.each([
    ['page=0', 'invalid_pagination_parameters', 'page number 0, page size undefined'],
    ['page=1&page_size=501', 'invalid_pagination_parameters', 'page number 1, page size 501'],
    ['page=2', 'page_out_of_range', 'Page out of range, page: 2 page size: 100, len: 3'],
    ['page=x', 'bad_request', 'Pagination parameters are invalid'],
    ['page=1&name=(&use_regex=true', 'bad_request', 'Pagination parameters are invalid'],
  ])('is refused when there is none: %s', (query, code, reason) => {
    const { status, code: actual, message } = refusal(query)
    expect([status, actual]).toEqual([400, code])
    expect(message).toContain(reason)
  })

  it('without anything on it is the first one', () => {
    const empty = shaped(list([]), new URLSearchParams('page=1'))
    expect(empty).toMatchObject({ items: [], page_count: 0, total_count: 0 })
  })
})

describe('a single thing', () => {
  it('is shown as it is, or the columns of it', () => {
    const queue = QUEUES[0] as object
    expect(shaped(found(queue), new URLSearchParams())).toBe(queue)
    expect(shaped(found(queue), new URLSearchParams('columns=name'))).toEqual({ name: 'x' })
  })
})
