// What the program `leveret` does without a broker that runs already: being one, and telling about
// itself. What is the user's to mend ends it with one line on standard error.

import { readFileSync } from 'node:fs'
import { packagePath } from './base/package-path.ts'
import { parseCommandLine, UsageError } from './cli/command-line.ts'
import { failureLine } from './cli/failure.ts'
import { letSmallHeapGrow } from './cli/heap.ts'
import { helpText } from './cli/help.ts'
import { createLogger } from './cli/logger.ts'
import {
  announceComplete,
  announceListening,
  openHttpPorts,
  reloadOnHangUp,
  stopOnSignals,
} from './cli/start.ts'
import { loadOptions } from './config/load.ts'
import { brokerOptions } from './config/resolve.ts'
import type { Setting } from './config/setting.ts'
import { createBroker } from './index.ts'

/** The exit code, unless the broker is left to run. Throws what is a bug of ours. */
export async function runBrokerProgram(args: readonly string[]): Promise<number | undefined> {
  try {
    const commandLine = parseCommandLine(args)
    switch (commandLine.command) {
      case 'help':
        process.stdout.write(helpText())
        return 0
      case 'version':
        process.stdout.write(`leveret ${version()}\n`)
        return 0
      case 'start':
        await start(commandLine.settings)
        return undefined
    }
  } catch (error) {
    const line = failureLine(error)
    if (line === undefined) throw error
    process.stderr.write(`leveret: ${line}\n`)
    return error instanceof UsageError ? 2 : 1
  }
}

async function start(settings: readonly Setting[]): Promise<void> {
  letSmallHeapGrow()
  const options = await loadOptions(settings, process.env)
  const logger = await createLogger(options)
  // HTTP is served when clients are being served, since they are not to wait for it.
  const noHttp = {
    managementPort: 'none',
    managementTlsPort: 'none',
    prometheusPort: 'none',
  } as const
  const broker = await createBroker({ ...brokerOptions(options), ...noHttp, logger })
  stopOnSignals(broker, logger)
  reloadOnHangUp(broker, logger)
  announceListening(broker, logger)
  await openHttpPorts(broker, options, logger)
  announceComplete(logger)
  // The broker answers for its own errors; one that arrives here has left it in an unknown state.
  process.on('uncaughtException', (err) => {
    logger.error({ err }, 'Stopping, because of an error that nothing expected')
    process.exit(1)
  })
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(packagePath('package.json'), 'utf8'))
  return (manifest as { version: string }).version
}
