/** A path in which parts that begin with a colon stand for any text: `/queue/:name`. */
export interface Pattern {
  readonly path: string
  /** What stands there, decoded; undefined when the path does not fit. Throws URIError. */
  match(path: string): Readonly<Record<string, string>> | undefined
}

export function patternOf(path: string): Pattern {
  const wanted = path.split('/')
  return {
    path,
    match(given) {
      const parts = given.split('/')
      if (parts.length !== wanted.length) return undefined
      const params: [string, string][] = []
      for (const [index, name] of wanted.entries()) {
        const part = parts[index] as string
        if (!name.startsWith(':')) {
          if (part !== name) return undefined
        } else if (part === '') return undefined
        else params.push([name.slice(1), part])
      }
      return Object.fromEntries(params.map(([name, part]) => [name, decodeURIComponent(part)]))
    },
  }
}
