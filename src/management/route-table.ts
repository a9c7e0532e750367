import type { Method, Route } from './route.ts'

/** The routes of one path. */
export interface FoundPath {
  readonly methods: ReadonlyMap<Method, Route>
  /** What stands in the path, decoded. */
  readonly params: ReadonlyMap<string, string>
}

interface PathPattern {
  readonly parts: readonly string[]
  readonly methods: Map<Method, Route>
}

/** Finds routes by path. Of several that fit, the one with a word where others have any name. */
export class RouteTable {
  readonly #byLength = new Map<number, PathPattern[]>()

  constructor(routes: readonly Route[]) {
    const byPath = new Map<string, PathPattern>()
    for (const route of routes) {
      const { path, method } = route
      const pattern = byPath.get(path) ?? { parts: path.slice(1).split('/'), methods: new Map() }
      if (pattern.methods.has(method)) throw new Error(`two routes for ${method} ${path}`)
      pattern.methods.set(method, route)
      byPath.set(path, pattern)
    }
    for (const pattern of byPath.values()) {
      const { length } = pattern.parts
      this.#byLength.set(length, [...(this.#byLength.get(length) ?? []), pattern])
    }
    for (const patterns of this.#byLength.values()) patterns.sort(wordsFirst)
  }

  /** `path` is what stands below `/api`. Throws URIError when it is not encoded well. */
  find(path: string): FoundPath | undefined {
    const parts = path.slice(1).split('/')
    const pattern = this.#byLength.get(parts.length)?.find((one) => fits(one.parts, parts))
    if (pattern === undefined) return undefined
    const params = new Map<string, string>()
    for (const [index, name] of pattern.parts.entries()) {
      const part = parts[index] as string
      if (isParam(name)) params.set(name.slice(1), decodeURIComponent(part))
    }
    return { methods: pattern.methods, params }
  }
}

const isParam = (part: string): boolean => part.startsWith(':')

function fits(pattern: readonly string[], parts: readonly string[]): boolean {
  return pattern.every((part, index) =>
    isParam(part) ? parts[index] !== '' : part === parts[index],
  )
}

function wordsFirst(a: PathPattern, b: PathPattern): number {
  for (const [index, part] of a.parts.entries()) {
    const order = Number(isParam(part)) - Number(isParam(b.parts[index] as string))
    if (order !== 0) return order
  }
  return 0
}
