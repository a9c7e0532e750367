import type { ComponentChildren, VNode } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { useAction } from '../api/use-action.ts'
import { Problem } from './problem.tsx'

interface ConfirmButtonProps {
  /** What is done, on the button and once more where one is asked. */
  readonly label: string
  readonly question: string
  readonly children?: ComponentChildren
  /** When whoever does it may give a reason: what it is for. */
  readonly reasonLabel?: string
  readonly onConfirm: (reason: string) => Promise<unknown>
}

/** Does what cannot be undone, when one says so twice. */
export function ConfirmButton(props: ConfirmButtonProps): VNode {
  const [isAsking, setAsking] = useState(false)
  return (
    <>
      <button type="button" class="danger" onClick={() => setAsking(true)}>
        {props.label}
      </button>
      {isAsking && <Question {...props} onEnd={() => setAsking(false)} />}
    </>
  )
}

interface QuestionProps extends ConfirmButtonProps {
  readonly onEnd: () => void
}

function Question(props: QuestionProps): VNode {
  const { label, question, children, reasonLabel, onConfirm, onEnd } = props
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  const reason = useRef<HTMLInputElement>(null)
  const { isBusy, error, run } = useAction(onConfirm)
  // Above everything else, and with the keyboard kept inside; closing gives it back to where it was.
  useEffect(() => dialog.current?.showModal(), [])
  const confirm = async (event: Event): Promise<void> => {
    event.preventDefault()
    if (await run(reason.current?.value ?? '')) dialog.current?.close()
  }
  return (
    <dialog ref={dialog} class="card" aria-labelledby={id} onClose={onEnd}>
      <form onSubmit={(event) => void confirm(event)}>
        <h2 id={id}>{question}</h2>
        {children}
        {reasonLabel !== undefined && (
          <p class="field">
            <label for={`${id}-reason`}>{reasonLabel}</label>
            <input id={`${id}-reason`} ref={reason} autocomplete="off" maxLength={200} />
          </p>
        )}
        {error !== undefined && <Problem text={error} />}
        <p class="actions">
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class="danger" disabled={isBusy}>
            {label}
          </button>
        </p>
      </form>
    </dialog>
  )
}
