import { decodeFieldTable, type FieldTable } from 'amqp-codec'
import type { JsonValue, PolicyDefinition } from './definition.ts'

/** A JSON object whose fields are asked for by name and type. Throws when one is not that. */
export class JsonFields {
  readonly #fields: Readonly<Record<string, unknown>>

  constructor(text: string) {
    const value: unknown = JSON.parse(text)
    if (!isObject(value)) throw new TypeError('it is no object')
    this.#fields = value
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#fields, name)
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

  number(name: string): number {
    return this.#get(name, 'a number', (value) => typeof value === 'number')
  }

  /** Whatever it is. */
  value(name: string): JsonValue {
    return this.#get(name, 'there', (value): value is JsonValue => value !== undefined)
  }

  /** An object of numbers. */
  numbers(name: string): ReadonlyMap<string, number> {
    const isNumbers = (value: unknown): value is Record<string, number> =>
      isObject(value) && Object.values(value).every((item) => typeof item === 'number')
    return new Map(Object.entries(this.#get(name, 'an object of numbers', isNumbers)))
  }

  /** An object whose fields are settings of a policy. */
  settings(name: string): PolicyDefinition {
    return new Map(Object.entries(this.#get(name, 'an object', isObject))) as PolicyDefinition
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

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
