import type { ManagedBroker } from './managed-broker.ts'

/** Null when it cannot be told. */
export async function diskFreeBytes({ machine, dataDir }: ManagedBroker): Promise<number | null> {
  try {
    return await machine.freeDiskBytes(dataDir === 'none' ? '.' : dataDir)
  } catch {
    return null
  }
}
