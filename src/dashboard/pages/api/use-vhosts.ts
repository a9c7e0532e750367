import { useMemo } from 'preact/hooks'
import { usePolled } from './use-polled.ts'

const SELDOM_MS = 30_000

/** The names of virtual hosts that the user may see. */
export function useVhosts(): readonly string[] {
  const { data } = usePolled<readonly { readonly name: string }[]>(
    '/vhosts?columns=name',
    SELDOM_MS,
  )
  return useMemo(() => (data ?? []).map(({ name }) => name), [data])
}
