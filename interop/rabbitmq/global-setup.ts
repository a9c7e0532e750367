// One RabbitMQ for the whole run, if this machine can have one.

import type { TestProject } from 'vitest/node'
import { ensureInstalled } from './reference/installation.ts'
import { type Reference, ReferenceNode } from './reference/node.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The RabbitMQ to compare with, or why there is none. */
    reference: Reference | { readonly missing: string }
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { missing } = ensureInstalled()
  if (missing !== undefined) {
    project.provide('reference', { missing })
    return async () => {}
  }
  const node = await ReferenceNode.start()
  project.provide('reference', node.reference)
  return () => node.stop()
}
