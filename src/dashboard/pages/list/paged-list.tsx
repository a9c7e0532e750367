import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { type Polled, usePolled } from '../api/use-polled.ts'
import { Problem } from '../layout/problem.tsx'
import { type ListState, listAddress, PAGE_SIZE, sortedBy } from './list-state.ts'
import { Pager } from './pager.tsx'
import { type Page, pageSummary } from './paging.ts'
import { Search } from './search.tsx'
import { type Column, Table } from './table.tsx'
import type { Listing } from './use-list-state.ts'
import { VhostFilter } from './vhost-filter.tsx'

export interface PagedListProps<Item> {
  /** What it is a list of, as in `No queues`. */
  readonly what: string
  /** The address of the whole list. */
  readonly base: string
  /** What to ask for of each thing; all there is of it when nothing is said. */
  readonly fields?: readonly string[]
  readonly columns: readonly Column<Item>[]
  readonly keyOf: (item: Item) => string
  readonly listing: Listing
  /** By what one can look for some of it. */
  readonly filters?: readonly ('name' | 'vhost')[]
  /** Anything else: it is asked for anew when this changes. */
  readonly version?: number
}

/** A list of the API that may be long: a page of it at a time, looked for, sorted and kept up to date. */
export function PagedList<Item>(props: PagedListProps<Item>): VNode {
  const { what, base, fields, columns, keyOf, listing, version = 0 } = props
  const [state, change] = listing
  const polled = usePolled<Page<Item>>(listAddress(base, state, fields))
  const { data, error, refresh } = polled
  useEffect(() => {
    if (version > 0) refresh()
  }, [version, refresh])
  useLastPage(polled, state, change)
  const isPastEnd = error?.code === 'page_out_of_range'
  const onSort = (sort: string): void => change(sortedBy(state, sort))
  return (
    <>
      <Filters {...props} />
      {error !== undefined && !isPastEnd && <Problem text={error.message} />}
      {data === undefined ? (
        error === undefined && <p class="quiet">Loading …</p>
      ) : (
        <>
          <p class="quiet" role="status">
            {pageSummary(data, PAGE_SIZE, what)}
          </p>
          {data.items.length > 0 && (
            <Table
              caption={what}
              columns={columns}
              items={data.items}
              keyOf={keyOf}
              sorting={{ ...state, onSort }}
            />
          )}
          <Pager
            page={data.page}
            pageCount={data.page_count}
            onPage={(page) => change({ ...state, page })}
          />
        </>
      )}
    </>
  )
}

function Filters<Item>({ filters = [], listing }: PagedListProps<Item>): VNode | null {
  const [state, change] = listing
  if (filters.length === 0) return null
  return (
    <search class="filters">
      {filters.includes('name') && (
        <Search
          label="Name has"
          value={state.name}
          onSearch={(name) => change({ ...state, name, page: 1 })}
        />
      )}
      {filters.includes('vhost') && (
        <VhostFilter
          value={state.vhost}
          onVhost={(vhost) => change({ ...state, vhost, page: 1 })}
        />
      )}
    </search>
  )
}

/** What is listed may become less while one looks at its end. */
function useLastPage<Item>(
  { error }: Polled<Page<Item>>,
  state: ListState,
  change: (state: ListState) => void,
): void {
  useEffect(() => {
    if (error?.code === 'page_out_of_range' && state.page > 1) change({ ...state, page: 1 })
  }, [error])
}
