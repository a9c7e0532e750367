import type { ComponentChildren, VNode } from 'preact'
import { classes } from '../format/classes.ts'

export interface Column<Item> {
  readonly title: string
  /** By what the API sorts such a column. */
  readonly sort?: string
  readonly isFigure?: boolean
  readonly show: (item: Item) => ComponentChildren
}

export interface Sorting {
  readonly sort: string
  readonly isReverse: boolean
  readonly onSort: (sort: string) => void
}

export interface TableProps<Item> {
  /** What is in it, for those who cannot see it. */
  readonly caption: string
  readonly columns: readonly Column<Item>[]
  readonly items: readonly Item[]
  readonly keyOf: (item: Item) => string
  readonly sorting?: Sorting
}

export function Table<Item>({ caption, columns, items, keyOf, sorting }: TableProps<Item>): VNode {
  return (
    <div class="scroll">
      <table>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <Heading key={column.title} column={column} sorting={sorting} />
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={keyOf(item)}>
              {columns.map(({ title, isFigure, show }) => (
                <td key={title} class={classes({ figure: isFigure })}>
                  {show(item)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface HeadingProps {
  readonly column: Pick<Column<never>, 'title' | 'sort' | 'isFigure'>
  readonly sorting: Sorting | undefined
}

function Heading({ column: { title, sort, isFigure }, sorting }: HeadingProps): VNode {
  const className = classes({ figure: isFigure })
  if (sort === undefined || sorting === undefined) {
    return (
      <th scope="col" class={className}>
        {title}
      </th>
    )
  }
  const isSorted = sorting.sort === sort
  const order = sorting.isReverse ? 'descending' : 'ascending'
  return (
    <th scope="col" class={className} aria-sort={isSorted ? order : 'none'}>
      <button type="button" class="sort" onClick={() => sorting.onSort(sort)}>
        {title}
        <span aria-hidden="true">{isSorted ? (sorting.isReverse ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  )
}
