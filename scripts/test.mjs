// `npm test`: installs and builds what is missing, runs every vitest project (or what the arguments
// choose), and ends on one plain line, `N passed, N failed`, that people and machines can read.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBuilt, ensureInstalled } from './ready.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

try {
  ensureInstalled()
  ensureBuilt()
} catch (error) {
  console.error(error.message)
  console.log('0 passed, 1 failed')
  process.exit(1)
}

const reportDirectory = mkdtempSync(join(tmpdir(), 'leveret-test-'))
const reportFile = join(reportDirectory, 'report.json')
const vitest = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportFile}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit' },
)
const totals = countTests(reportFile)
rmSync(reportDirectory, { recursive: true })

// Vitest fails for errors outside any test as well: such a run must not end on `0 failed`.
if (vitest.status !== 0 && totals.failed === 0) totals.failed = 1

const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''
console.log(`${totals.passed} passed, ${totals.failed} failed${skipped}`)
process.exit(totals.failed === 0 ? 0 : 1)

function countTests(file) {
  const totals = { passed: 0, failed: 0, skipped: 0 }
  let report
  try {
    report = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return totals
  }
  for (const { status, assertionResults } of report.testResults) {
    for (const test of assertionResults) {
      if (test.status === 'passed') totals.passed++
      else if (test.status === 'failed') totals.failed++
      else totals.skipped++
    }
    // A file that could not be loaded, or whose hooks failed, fails without a failed test.
    const hasFailedTest = assertionResults.some((test) => test.status === 'failed')
    if (status === 'failed' && !hasFailedTest) totals.failed++
  }
  return totals
}
