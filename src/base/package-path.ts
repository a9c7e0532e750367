import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Where a file of this package is, given its place in it. Sources and bundles are not equally deep, so it is
 * looked for from here upwards, where the package says what it is.
 */
export function packagePath(path: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return join(folder, path)
    if (folder === dirname(folder)) throw new Error('this package has no package.json')
  }
}
