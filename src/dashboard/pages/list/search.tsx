import type { VNode } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'

/** Who types looks again when they pause, not at every letter. */
const PAUSE_MS = 300

interface SearchProps {
  readonly label: string
  readonly value: string
  readonly onSearch: (value: string) => void
}

export function Search({ label, value, onSearch }: SearchProps): VNode {
  const id = useId()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => () => clearTimeout(timer.current), [])
  useEffect(() => {
    // Looked for elsewhere: by a link to the list, say. Who is typing knows better.
    const { current } = input
    if (current !== null && document.activeElement !== current) current.value = value
  }, [value])
  const later = (text: string): void => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => onSearch(text), PAUSE_MS)
  }
  return (
    <span class="search">
      <label for={id}>{label}</label>
      <input
        id={id}
        ref={input}
        type="search"
        autocomplete="off"
        spellcheck={false}
        defaultValue={value}
        onInput={(event) => later(event.currentTarget.value)}
      />
    </span>
  )
}
