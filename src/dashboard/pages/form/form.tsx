import type { ComponentChildren, VNode } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { useAction } from '../api/use-action.ts'
import { Problem } from '../layout/problem.tsx'

interface FormProps {
  /** What it is for, for those who cannot see where it stands. */
  readonly label: string
  readonly submit: string
  readonly children: ComponentChildren
  /** Whether what was filled in stays when it is done. */
  readonly keeps?: boolean
  /** Gives what to tell when it is done. */
  readonly onSubmit: (values: FormData) => Promise<string | undefined>
}

/** Asks the broker to do something, and tells what came of it. */
export function Form({ label, submit, children, keeps, onSubmit }: FormProps): VNode {
  const form = useRef<HTMLFormElement>(null)
  const [done, setDone] = useState<string>()
  const [round, setRound] = useState(0)
  const { isBusy, error, run } = useAction(async () => {
    setDone(undefined)
    if (form.current === null) return
    setDone(await onSubmit(new FormData(form.current)))
    if (!keeps) setRound(round + 1)
  })
  const start = (event: Event): void => {
    event.preventDefault()
    if (!isBusy) void run()
  }
  return (
    <form ref={form} aria-label={label} autocomplete="off" onSubmit={start}>
      {/* Other inputs, as they were at first: a browser's own reset forgets what was selected. */}
      <div key={round} class="fields">
        {children}
      </div>
      <p class="actions">
        <button type="submit" class="primary" disabled={isBusy}>
          {submit}
        </button>
      </p>
      {error !== undefined && <Problem text={error} />}
      <p class="done" role="status">
        {done}
      </p>
    </form>
  )
}
