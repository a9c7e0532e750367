import { describe, expect, it } from 'vitest'
import {
  FIRST_PAGE,
  listAddress,
  listStateOf,
  queryOfList,
  sortedBy,
} from '../../../../src/dashboard/pages/list/list-state.ts'
import { pageChoices, pageSummary } from '../../../../src/dashboard/pages/list/paging.ts'

describe('the state of a list', () => {
  it('comes back from an address', () => {
    const state = { page: 3, name: 'a&b %', sort: 'messages', isReverse: true, vhost: '/' }
    expect(listStateOf(new URLSearchParams(queryOfList(state)))).toEqual(state)
  })

  it('is the first page when the address says nothing', () => {
    expect(queryOfList(FIRST_PAGE)).toEqual({})
    expect(listStateOf(new URLSearchParams())).toEqual(FIRST_PAGE)
  })

  it.each(['0', '-1', 'x', '1.5', ''])('is the first page when the address says %j', (page) => {
    expect(listStateOf(new URLSearchParams({ page })).page).toBe(1)
  })

  it('asks for one page', () => {
    expect(listAddress('/queues', FIRST_PAGE)).toBe('/queues?page=1&page_size=100')
  })

  it('asks for what has a name, in an order, and for some columns', () => {
    const state = { ...FIRST_PAGE, page: 2, name: 'a/b', sort: 'x.y', isReverse: true }
    const query = new URL(listAddress('/queues', state, ['a', 'b.c']), 'http://host').searchParams
    expect(Object.fromEntries(query)).toEqual({
      page: '2',
      page_size: '100',
      name: 'a/b',
      sort: 'x.y',
      sort_reverse: 'true',
      columns: 'a,b.c',
    })
  })

  it('is sorted by a column, then the other way around, from the first page on', () => {
    const once = sortedBy({ ...FIRST_PAGE, page: 4 }, 'name')
    expect(once).toMatchObject({ sort: 'name', isReverse: false, page: 1 })
    const twice = sortedBy(once, 'name')
    expect(twice.isReverse).toBe(true)
    expect(sortedBy(twice, 'name').isReverse).toBe(false)
    expect(sortedBy(twice, 'type')).toMatchObject({ sort: 'type', isReverse: false })
  })
})

describe('pages to choose from', () => {
  it.each([
    [1, 1, [1]],
    [1, 2, [1, 2]],
    [2, 3, [1, 2, 3]],
    [1, 10, [1, 2, null, 10]],
    [5, 10, [1, null, 4, 5, 6, null, 10]],
    [3, 10, [1, 2, 3, 4, null, 10]],
    [4, 10, [1, 2, 3, 4, 5, null, 10]],
    [10, 10, [1, null, 9, 10]],
  ])('at %d of %d', (page, pageCount, choices) => {
    expect(pageChoices(page, pageCount)).toEqual(choices)
  })

  it('are summed up', () => {
    const page = { page: 2, page_count: 10, filtered_count: 1000, total_count: 1000 }
    const items = Array.from({ length: 100 }, () => ({}))
    expect(pageSummary({ ...page, items }, 100, 'queues')).toBe('101–200 of 1,000 queues')
    const few = { ...page, page: 1, filtered_count: 1, items: [{}] }
    expect(pageSummary(few, 100, 'queues')).toBe('1–1 of 1 queues (1,000 in all)')
    const none = { ...page, filtered_count: 0, items: [] }
    expect(pageSummary(none, 100, 'queues')).toBe('No queues (1,000 in all)')
  })
})
