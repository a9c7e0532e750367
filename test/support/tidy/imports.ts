import { posix } from 'node:path'
import type { SourceTree } from './source-tree.ts'

export interface Import {
  readonly from: string
  /** The file, or the specifier as it stands when that is no relative path. */
  readonly to: string
}

// The compiler has no API for this yet, and formatted code is regular enough. Types count as well.
const STATIC = /^\s*(?:import|export)\s+(?:type\s+)?(?:[\w$*{},\s]+\s+from\s*)?['"]([^'"]+)['"]/gm
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]/g

/** All imports of all files, in order. */
export function importsIn(tree: SourceTree): Import[] {
  return [...tree].flatMap(([from, text]) =>
    [...text.matchAll(STATIC), ...text.matchAll(DYNAMIC)].map(([, specifier = '']) => ({
      from,
      to: specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : specifier,
    })),
  )
}
