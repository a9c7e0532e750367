import type { VNode } from 'preact'
import type { Polled } from '../api/use-polled.ts'
import { Problem } from './problem.tsx'

interface GoneProps {
  readonly what: string
  readonly polled: Polled<unknown>
}

/** Why there is nothing newer of one thing: most often it is not there any more. */
export function Gone({ what, polled: { data, error } }: GoneProps): VNode | null {
  if (error === undefined) return data === undefined ? <p class="quiet">Loading …</p> : null
  if (error.status !== 404) return <Problem text={error.message} />
  const text = data === undefined ? `There is no such ${what}` : `This ${what} is gone`
  return <Problem text={`${text} (${error.message})`} />
}
