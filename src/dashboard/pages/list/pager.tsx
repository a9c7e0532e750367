import type { VNode } from 'preact'
import { pageChoices } from './paging.ts'

interface PagerProps {
  readonly page: number
  readonly pageCount: number
  readonly onPage: (page: number) => void
}

export function Pager({ page, pageCount, onPage }: PagerProps): VNode | null {
  if (pageCount < 2) return null
  return (
    <nav class="pager" aria-label="Pages">
      <button type="button" disabled={page <= 1} onClick={() => onPage(page - 1)}>
        Previous
      </button>
      {pageChoices(page, pageCount).map((choice, index) =>
        choice === null ? (
          <span key={`gap ${index}`} aria-hidden="true">
            …
          </span>
        ) : (
          <button
            key={choice}
            type="button"
            aria-label={`Page ${choice}`}
            aria-current={choice === page ? 'page' : undefined}
            onClick={() => onPage(choice)}
          >
            {choice}
          </button>
        ),
      )}
      <button type="button" disabled={page >= pageCount} onClick={() => onPage(page + 1)}>
        Next
      </button>
    </nav>
  )
}
