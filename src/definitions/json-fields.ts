import { decodeFieldTable, type FieldTable } from 'amqp-codec'

/** A JSON object whose fields are asked for by name and type. Throws when one is not that. */
export class JsonFields {
  readonly #fields: Readonly<Record<string, unknown>>

  constructor(text: string) {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) throw new TypeError('it is no object')
    this.#fields = value as Record<string, unknown>
  }

  text(name: string): string {
    return this.#get(name, 'a text', (value) => typeof value === 'string')
  }

  texts(name: string): string[] {
    const isTexts = (value: unknown): value is string[] =>
      Array.isArray(value) && value.every((item) => typeof item === 'string')
    return this.#get(name, 'a list of texts', isTexts)
  }

  flag(name: string): boolean {
    return this.#get(name, 'true or false', (value) => typeof value === 'boolean')
  }

  /** A whole number from 1. */
  count(name: string): number {
    const isCount = (value: unknown): value is number =>
      Number.isSafeInteger(value) && (value as number) > 0
    return this.#get(name, 'a whole number', isCount)
  }

  /** One of these words. */
  choice<Word extends string>(name: string, ...words: readonly Word[]): Word {
    const isWord = (value: unknown): value is Word => words.includes(value as Word)
    return this.#get(name, words.join(' or '), isWord)
  }

  /** A field table in base64 of AMQP's encoding. */
  table(name: string): FieldTable {
    const bytes = Buffer.from(this.text(name), 'base64')
    return decodeFieldTable(bytes, 0, bytes.length)
  }

  #get<Value>(name: string, what: string, is: (value: unknown) => value is Value): Value {
    const value = Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined
    if (!is(value)) throw new TypeError(`its ${name} is not ${what}`)
    return value
  }
}
