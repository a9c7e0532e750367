import { QUEUE_IDS_KEY } from '../../src/definitions/queue-id-blocks.ts'
import type { StoredDefinitions } from '../../src/definitions/stored-definitions.ts'
import { loadValues, readDefinitions } from '../../src/definitions/stored-definitions.ts'
import type { Metadata } from '../../src/store/metadata.ts'
import { DefinitionsNode } from './definitions-node.ts'
import { FakeClock } from './fake-clock.ts'

/** Several nodes that share their definitions, in one process. */
export class DefinitionsCluster {
  readonly clock: FakeClock = new FakeClock()
  readonly nodes: DefinitionsNode[] = []

  async start(name: string, metadata: Metadata): Promise<DefinitionsNode> {
    const node = await DefinitionsNode.start(name, metadata, this.clock, async (from, position) => {
      const others = this.#othersThan(from)
      await Promise.all(others.map(({ definitions }) => definitions.applied(position)))
    })
    this.nodes.push(node)
    return node
  }

  /** The node is no more, without a word. */
  remove(node: DefinitionsNode): void {
    this.nodes.splice(this.nodes.indexOf(node), 1)
  }

  /** Until everybody knows what has come of everything, and what nobody deletes is deleted. */
  async settle(): Promise<void> {
    for (let round = 0; round < 8; round++) {
      for (const node of this.nodes) await settled(node)
      this.clock.advance(10_000)
    }
    for (const node of this.nodes) await settled(node)
  }

  async close(): Promise<void> {
    for (const { definitions, metadata } of this.nodes) {
      await definitions.close()
      await metadata.close()
    }
  }

  #othersThan(node: DefinitionsNode): DefinitionsNode[] {
    return this.nodes.filter((other) => other !== node)
  }
}

async function settled({ definitions }: DefinitionsNode): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await definitions.pending()
    await definitions.applied().catch(() => {})
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** What is stored. */
export async function storedIn(metadata: Metadata): Promise<StoredDefinitions> {
  const values = (await loadValues(metadata)) ?? new Map()
  values.delete(QUEUE_IDS_KEY)
  return readDefinitions(values)
}
