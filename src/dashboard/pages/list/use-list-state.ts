import { useState } from 'preact/hooks'
import { addressOf } from '../routing.ts'
import { usePlace } from '../use-place.ts'
import { FIRST_PAGE, type ListState, listStateOf, queryOfList } from './list-state.ts'

export type Listing = readonly [state: ListState, change: (state: ListState) => void]

/** Kept in the address, so that who comes back to a list finds it as it was. */
export function useAddressedList(): Listing {
  const { page, names, query } = usePlace()
  const change = (state: ListState): void => {
    location.replace(addressOf(page, names, queryOfList(state)))
  }
  return [listStateOf(query), change]
}

/** For lists that are only a part of a page. */
export function useOwnList(): Listing {
  return useState(FIRST_PAGE)
}
