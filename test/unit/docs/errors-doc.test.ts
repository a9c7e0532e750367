// Keeps docs/errors.md and src/reasons.ts equal, in both directions and in their order.

import { readFileSync } from 'node:fs'
import { type FieldValue, fieldTypeName, METHODS, REPLY_CODES } from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import type { AmqpError } from '../../../src/errors.ts'
import * as reasons from '../../../src/reasons.ts'
import { sectionsOf, tableRows } from './markdown.ts'

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

interface Row {
  readonly replyCode: string
  readonly text: string
  readonly closes: string
  readonly names: string
  readonly name: string
}

interface Reason {
  readonly name: string
  readonly parameters: readonly { readonly name: string; readonly type: string }[]
  /** As the comment above its group has it. */
  readonly closes: string
}

const withoutTicks = (cell: string): string => cell.replace(/^(`+)(.*)\1$/, '$2')

const rows: Row[] = [...sectionsOf(read('docs/errors.md'))]
  .filter(([heading]) => /^\d{3} /.test(heading))
  .flatMap(([replyCode, section]) =>
    tableRows(section).map(([text = '', closes = '', names = '', , name = '']) => ({
      replyCode,
      // A cell is one line.
      text: withoutTicks(text).replaceAll('\\n', '\n'),
      closes,
      names: withoutTicks(names),
      name: withoutTicks(name),
    })),
  )

// From the source, since a module's names come in the order of the alphabet and without types.
const reasonsIn = (closes: string, group: string): Reason[] =>
  [...group.matchAll(/^export const (\w+) = \(([^)]*)\)/gm)].map(([, name = '', list = '']) => ({
    name,
    parameters: [...list.matchAll(/(\w+): ([^,]+)/g)].map(([, parameter = '', type = '']) => ({
      name: parameter,
      type: type.trim(),
    })),
    closes,
  }))

const [, ...groups] = read('src/reasons.ts').split(/^\/\/ \d{3}, the /m)
const signatures: Reason[] = groups.flatMap((group) => {
  const [closes = ''] = group.split('\n', 1)
  return reasonsIn(closes, group)
})

const functions: ReadonlyMap<string, unknown> = new Map(Object.entries(reasons))

/** Every argument is the placeholder of its parameter. */
function errorOf({ name, parameters }: Reason): AmqpError {
  const make = functions.get(name) as (...values: unknown[]) => AmqpError
  return make(
    ...parameters.map((parameter): string | FieldValue => {
      const placeholder = `<${parameter.name}>`
      return parameter.type === 'FieldValue' ? { type: 'S', value: placeholder } : placeholder
    }),
  )
}

/** The whole text on the wire, as the row has it. */
function expectedText(row: Row, { parameters }: Reason): string {
  const [, codeName = ''] = row.replyCode.split(' ')
  const isTyped = parameters.some(({ type }) => type === 'FieldValue')
  const text = isTyped ? row.text.replace('<type>', fieldTypeName('S')) : row.text
  return text === '–' ? codeName : `${codeName} - ${text}`
}

function namesOf({ methodId }: AmqpError): string {
  if (methodId === undefined) return 'its own'
  return methodId === 0 ? 'none' : (METHODS.get(methodId)?.name ?? 'unknown')
}

describe('docs/errors.md', () => {
  it('has a row for every reason, and a reason for every row, in one order', () => {
    expect(rows.map(({ name }) => name)).toEqual(signatures.map(({ name }) => name))
    expect([...functions.keys()].sort()).toEqual(signatures.map(({ name }) => name).sort())
  })

  it.each(signatures.map((reason) => [reason.name, reason] as const))(
    'says of %s what clients read',
    (name, reason) => {
      const row = rows.find((candidate) => candidate.name === name) as Row
      const error = errorOf(reason)
      const codeName = REPLY_CODES.get(error.replyCode)?.name
      expect(row.replyCode).toBe(`${error.replyCode} ${codeName}`)
      expect(error.replyText).toBe(expectedText(row, reason))
      expect(row.closes).toBe(reason.closes)
      // A soft error ends the connection, too, where there is no channel yet.
      if (error.hard) expect(row.closes).toBe('connection')
      expect(row.names).toBe(namesOf(error))
    },
  )
})
