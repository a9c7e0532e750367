import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Files by their path from the root of the project, with slashes. Rules about them need no disk. */
export type SourceTree = ReadonlyMap<string, string>

/** The TypeScript files under these directories that people write: neither generated nor compiled. */
export function readSourceTree(root: string, directories: readonly string[]): SourceTree {
  const files = directories.flatMap((directory) =>
    readdirSync(join(root, directory), { recursive: true, encoding: 'utf8' })
      .map((path) => `${directory}/${path.replaceAll('\\', '/')}`)
      .filter((path) => /\.tsx?$/.test(path) && !/\/(generated|node_modules|dist)\//.test(path)),
  )
  return new Map(files.sort().map((path) => [path, readFileSync(join(root, path), 'utf8')]))
}
