// Tests on the NATS servers that the project's global setup starts, which nobody stops meanwhile.

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, inject } from 'vitest'
import { silentLogger } from '../../../src/base/logger.ts'
import { NatsLink } from '../../../src/nats/nats-link.ts'
import { JetStreamApi } from '../../../src/store/jetstream/jet-stream-api.ts'

export interface NatsTest {
  /** As that of vitest; left out, with the reason in its name, where there are no NATS servers. */
  describe(name: string, define: () => void): void
  readonly urls: readonly string[]
  readonly link: NatsLink
  readonly api: JetStreamApi
  /** A connection of its own, as another node has, until the end of the file. */
  connect(): Promise<NatsLink>
  /** For a stream, or anything else of which there shall be one. */
  uniqueName(): string
}

/** The connection of a test file. */
export function natsTest(): NatsTest {
  const links: NatsLink[] = []
  const connect = async (): Promise<NatsLink> => {
    // All at one: what somebody asks for at another server, that may not know of yet.
    const servers = inject('natsUrls').slice(0, 1)
    const link = await NatsLink.open({ servers, name: 'test', logger: silentLogger })
    links.push(link)
    return link
  }
  const missing = inject('natsMissing')
  if (missing !== undefined && process.env['CI'] === 'true') throw new Error(missing)
  if (missing === undefined) beforeAll(async () => void (await connect()))
  afterAll(async () => {
    for (const link of links) await link.close()
  })
  const first = (): NatsLink => {
    if (links[0] === undefined) throw new Error('it is not connected yet')
    return links[0]
  }
  return {
    describe(name, define) {
      const suffix = missing === undefined ? '' : ` (skipped: ${missing})`
      describe.skipIf(missing !== undefined)(name + suffix, define)
    },
    get urls() {
      return inject('natsUrls')
    },
    get link() {
      return first()
    },
    get api() {
      return new JetStreamApi(first().requests)
    },
    connect,
    uniqueName: () => `test-${randomUUID()}`,
  }
}
