// Before the tests of this project: the browser, where it can be had.

import type { TestProject } from 'vitest/node'
import { type Chromium, installChromium } from './install-chromium.ts'

declare module 'vitest' {
  interface ProvidedContext {
    chromium: Chromium
  }
}

export default function setup(project: TestProject): void {
  project.provide('chromium', installChromium())
}
