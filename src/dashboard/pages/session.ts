import { type Context, createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { may, type Right, type Session } from './rights.ts'

/** Who looks at the pages. */
export const SessionContext: Context<Session> = createContext<Session>({ name: '', tags: [] })

export function useMay(right: Right): boolean {
  return may(useContext(SessionContext), right)
}
