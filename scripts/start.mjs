// `npm start`: on a fresh clone installs and builds, then runs the broker; at once when that is done.

import { ensureBuilt, ensureInstalled } from './ready.mjs'

try {
  ensureInstalled()
  ensureBuilt()
} catch (error) {
  console.error(error.message)
  process.exit(1)
}

// In this very process, so that arguments, signals and the exit code need no forwarding.
await import('../dist/bin.js')
