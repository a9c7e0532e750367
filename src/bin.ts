#!/usr/bin/env node
// The program `leveret`: a broker, or a client of one. Neither is loaded for the other.

import { clientCommandIn } from './cli/client-commands.ts'

const args = process.argv.slice(2)
const command = clientCommandIn(args)
if (command === undefined) {
  const { runBrokerProgram } = await import('./broker-program.ts')
  process.exitCode = await runBrokerProgram(args)
} else {
  const { runClient } = await import('./cli/client/client.ts')
  process.exitCode = await runClient(command, args)
}
