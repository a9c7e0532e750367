import type { VNode } from 'preact'

interface Marked {
  readonly durable?: boolean
  readonly auto_delete?: boolean
  readonly exclusive?: boolean
  readonly internal?: boolean
}

const WORDS: readonly (readonly [keyof Marked, string])[] = [
  ['durable', 'durable'],
  ['auto_delete', 'auto-delete'],
  ['exclusive', 'exclusive'],
  ['internal', 'internal'],
]

/** What a queue or exchange was declared as. */
export function Marks({ of }: { readonly of: Marked }): VNode {
  return (
    <>
      {WORDS.filter(([name]) => of[name]).map(([name, word]) => (
        <span key={name} class="mark-word">
          {word}
        </span>
      ))}
    </>
  )
}
