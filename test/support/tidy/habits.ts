// Rules about single files.

import { posix } from 'node:path'
import type { SourceTree } from './source-tree.ts'

const LINES_MAX = 500

/** The only files that gather what others export. */
const BARRELS = ['src/index.ts', 'protocol/src/index.ts']

/** Names that say nothing about the one idea in the file. */
const VAGUE_NAMES = ['utils.ts', 'helpers.ts', 'types.ts', 'misc.ts', 'common.ts']

const RE_EXPORT = /^\s*export\s+(?:type\s+)?(?:\*[\w$\s]*|\{[^}]*\})\s*from\b/m
// In brackets, so that this very line passes.
const LEFT_OPEN = /\b(?:TO[D]O|FIX[M]E|X[X]X)\b/
const FOCUSED_OR_SKIPPED = /\b(?:it|test|describe)\.(?:only|skip|todo)\b/

/** What is wrong with files by themselves, as sentences. */
export function habitViolations(tree: SourceTree): string[] {
  return [...tree].flatMap(([path, text]) =>
    violations(path, text).map((problem) => `${path} ${problem}`),
  )
}

function violations(path: string, text: string): string[] {
  const lineCount = text.split('\n').length - 1
  const rules: [boolean, string][] = [
    [lineCount > LINES_MAX, `has ${lineCount} lines: which second idea is in it?`],
    [RE_EXPORT.test(text) && !BARRELS.includes(path), 'exports what another file exports'],
    [LEFT_OPEN.test(text), 'leaves something open in a comment'],
    [FOCUSED_OR_SKIPPED.test(text), 'focuses or skips a test'],
    [VAGUE_NAMES.includes(posix.basename(path)), 'has a name that says nothing'],
  ]
  return rules.filter(([isBroken]) => isBroken).map(([, problem]) => problem)
}
