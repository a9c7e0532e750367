// Before the tests of this project: the browser, where it can be had.

import type { TestProject } from 'vitest/node'
import { installDebianPrograms, type Peer } from '../../support/debian-packages.ts'
import { CHROMIUM_PACKAGES } from './chromium.ts'

declare module 'vitest' {
  interface ProvidedContext {
    chromium: Peer
  }
}

export default function setup(project: TestProject): void {
  project.provide('chromium', installDebianPrograms({ chromium: CHROMIUM_PACKAGES }).chromium)
}
