import { useState } from 'preact/hooks'

export interface Action<Arguments extends readonly unknown[]> {
  readonly isBusy: boolean
  /** Why it was not done, in the broker's words. */
  readonly error?: string
  /** True when it was done. */
  readonly run: (...given: Arguments) => Promise<boolean>
  readonly forgetError: () => void
}

/** Something that the broker is asked to do, and what came of it. */
export function useAction<Arguments extends readonly unknown[]>(
  act: (...given: Arguments) => Promise<unknown>,
): Action<Arguments> {
  const [state, setState] = useState<{ readonly isBusy: boolean; readonly error?: string }>(IDLE)
  const run = async (...given: Arguments): Promise<boolean> => {
    setState({ isBusy: true })
    try {
      await act(...given)
      setState(IDLE)
      return true
    } catch (error) {
      setState({ isBusy: false, error: error instanceof Error ? error.message : String(error) })
      return false
    }
  }
  return { ...state, run, forgetError: () => setState(IDLE) }
}

const IDLE = { isBusy: false }
