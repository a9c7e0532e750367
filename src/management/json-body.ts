import { isDeeperThan } from '../base/depth.ts'
import type { JsonValue } from '../definitions/definition.ts'
import { badRequest, HttpError, keyMissing } from './http-error.ts'

type JsonObject = Readonly<Record<string, JsonValue>>

/** A request's body: an object of JSON, of which clients give some values as text. */
export class JsonBody {
  readonly fields: JsonObject

  private constructor(fields: JsonObject) {
    this.fields = fields
  }

  /** No body at all is an object without fields. Throws 400. */
  static parse(text: string): JsonBody {
    return new JsonBody(text === '' ? {} : parseObject(text))
  }

  static of(fields: JsonObject): JsonBody {
    return new JsonBody(fields)
  }

  /** The value of that field, its own and not of the prototype. */
  find(name: string): JsonValue | undefined {
    return Object.hasOwn(this.fields, name) ? this.fields[name] : undefined
  }

  has(name: string): boolean {
    return this.find(name) !== undefined
  }

  /** Throws 400. */
  get(name: string): JsonValue {
    const value = this.find(name)
    if (value === undefined) throw keyMissing(name)
    return value
  }

  /** Throws 400 for the fields that are missing. */
  require(...names: readonly string[]): void {
    const missing = names.filter((name) => !this.has(name))
    if (missing.length > 0) throw keyMissing(...missing)
  }

  /** Throws 400 unless it is there and a text. */
  text(name: string): string {
    const value = this.get(name)
    if (typeof value !== 'string') throw badRequest(`${name} should be a string`)
    return value
  }

  /** True or false, or one of these words; by default false. Throws 400. */
  flag(name: string, otherwise = false): boolean {
    const value = this.find(name) ?? otherwise
    if (typeof value === 'boolean') return value
    if (value === 'true' || value === 'false') return value === 'true'
    throw badRequest(`${name} should be true or false`)
  }

  /** A whole number, or the text of one. Throws 400. */
  integer(name: string): number {
    const value = this.get(name)
    const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
    if (Number.isSafeInteger(number)) return number as number
    throw badRequest(`${name} should be an integer`)
  }

  /** An object; none is an empty one, and so is an empty list, which Erlang cannot tell from it. */
  object(name: string): JsonObject {
    const value = this.find(name)
    if (isObject(value)) return value
    if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) {
      return {}
    }
    throw badRequest(`${name} should be an object`)
  }

  /** A list of objects; none is an empty one. Throws 400. */
  objects(name: string): readonly JsonBody[] {
    const value = this.find(name) ?? []
    if (!Array.isArray(value) || !value.every(isObject)) {
      throw badRequest(`${name} should be a list of objects`)
    }
    return value.map((fields) => new JsonBody(fields))
  }

  /** A list of texts, or one text in which commas part them. Throws 400. */
  words(name: string): readonly string[] {
    const value = this.get(name)
    const words = typeof value === 'string' ? value.split(',') : value
    if (!Array.isArray(words) || !words.every((word) => typeof word === 'string')) {
      throw badRequest(`${name} should be a list of strings`)
    }
    return words.map((word) => word.trim()).filter((word) => word !== '')
  }
}

function parseObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) {
      if (isDeeperThan(MAX_DEPTH, value)) throw badRequest('nested too deeply')
      return value
    }
  } catch (error) {
    if (error instanceof HttpError) throw error
    // Said below.
  }
  throw badRequest('not_json')
}

/** Deeper than this nobody means it, and not everything that walks it later would come to its end. */
const MAX_DEPTH = 64

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
