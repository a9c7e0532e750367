import type { VNode } from 'preact'
import { useId, useState } from 'preact/hooks'
import type { Json } from '../api/client.ts'
import { type ArgumentRow, argumentsOf, rowOf, texts } from './values.ts'

interface ArgumentsFieldProps {
  readonly label: string
  /** Names that are known. */
  readonly choices?: readonly string[]
  readonly value?: Readonly<Record<string, Json>>
}

const EMPTY: ArgumentRow = { name: '', type: 'string', value: '' }

const TYPES = [
  ['string', 'Text'],
  ['number', 'Number'],
  ['boolean', 'Boolean'],
  ['json', 'JSON'],
]

/** Arguments, headers or a definition: as many names with values as one likes. */
export function ArgumentsField({ label, choices = [], value = {} }: ArgumentsFieldProps): VNode {
  const id = useId()
  const initial = Object.entries(value).map(rowOf)
  const [rows, setRows] = useState(() => keyed([...initial, EMPTY]))
  return (
    <fieldset class="wide">
      <legend>{label}</legend>
      {rows.map(({ key, row }, index) => (
        <p key={key} class="argument-row">
          <input
            name="argument-name"
            aria-label={`${label}: name ${index + 1}`}
            placeholder="name"
            defaultValue={row.name}
            list={`${id}-names`}
            spellcheck={false}
          />
          <select name="argument-type" aria-label={`${label}: type ${index + 1}`}>
            {TYPES.map(([type, text]) => (
              <option key={type} value={type} selected={type === row.type}>
                {text}
              </option>
            ))}
          </select>
          <input
            name="argument-value"
            aria-label={`${label}: value ${index + 1}`}
            placeholder="value"
            defaultValue={row.value}
            spellcheck={false}
          />
        </p>
      ))}
      <datalist id={`${id}-names`}>
        {choices.map((choice) => (
          <option key={choice} value={choice} />
        ))}
      </datalist>
      <button type="button" onClick={() => setRows([...rows, ...keyed([EMPTY])])}>
        Add a row
      </button>
    </fieldset>
  )
}

interface KeyedRow {
  readonly key: number
  readonly row: ArgumentRow
}

let lastKey = 0

/** Inputs keep what was filled in for as long as their row has the same key. */
function keyed(rows: readonly ArgumentRow[]): KeyedRow[] {
  return rows.map((row) => {
    lastKey++
    return { key: lastKey, row }
  })
}

/** What was filled in. Throws what is to be told. */
export function argumentsIn(values: FormData): Record<string, Json> {
  const names = texts(values, 'argument-name')
  const types = texts(values, 'argument-type')
  const given = texts(values, 'argument-value')
  const rows = names.map((name, index) => ({
    name,
    type: types[index] ?? 'string',
    value: given[index] ?? '',
  }))
  return argumentsOf(rows)
}
