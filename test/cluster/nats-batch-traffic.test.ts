import { expect, it, vi } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { batchSubject } from '../../src/broker/cluster/names.ts'
import { NatsBatchTraffic } from '../../src/broker/cluster/nats-batch-traffic.ts'
import type { NatsLink } from '../../src/nats/nats-link.ts'
import type { BatchTraffic } from '../../src/sharding/link/batch-traffic.ts'
import { newLinkId } from '../../src/sharding/link/datagram.ts'
import { LinkReceivers } from '../../src/sharding/link/link-receivers.ts'
import { LinkSender } from '../../src/sharding/link/link-sender.ts'
import { RecordingLogger } from '../support/recording-logger.ts'
import { natsTest } from './support/nats-test.ts'

const nats = natsTest()
const PREFIX = 'leveret-test'

function trafficOf(link: NatsLink, logger = new RecordingLogger()): NatsBatchTraffic {
  return new NatsBatchTraffic({ link, prefix: PREFIX, clock: systemClock, logger })
}

/** A process of its own, as another node is. */
async function otherTraffic(): Promise<{ traffic: NatsBatchTraffic; link: NatsLink }> {
  const link = await nats.connect()
  return { traffic: trafficOf(link), link }
}

function ask(
  traffic: BatchTraffic,
  address: string,
  payload: string | Uint8Array,
  timeoutMs = 5000,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    traffic.send(address, Buffer.from(payload), timeoutMs, (answer) =>
      resolve(answer instanceof Uint8Array ? Buffer.from(answer).toString() : answer),
    )
  })
}

nats.describe('traffic over NATS', () => {
  it('brings payloads to an address, and one answer back', async () => {
    const address = nats.uniqueName()
    const { traffic, link } = await otherTraffic()
    const stop = traffic.listen(address, (payload, answer) => {
      answer(Buffer.from(`${payload.toString()}!`))
      answer(Buffer.from('once more'))
    })
    await link.connection.flush()
    const here = trafficOf(nats.link)
    expect(await Promise.all(['a', 'b'].map((text) => ask(here, address, text)))).toEqual([
      'a!',
      'b!',
    ])
    stop()
    await link.connection.flush()
    expect(await ask(here, address, 'c')).toBe('nobody')
  })

  it('knows when nobody is there, and when there is no answer', async () => {
    const address = nats.uniqueName()
    const here = trafficOf(nats.link)
    expect(await ask(here, address, 'a')).toBe('nobody')
    here.listen(address, () => {})
    expect(await ask(here, address, 'a', 50)).toBeUndefined()
    const link = await nats.connect()
    await link.close()
    expect(await ask(trafficOf(link), address, 'a')).toBeUndefined()
  })

  it('carries what the server takes, and says once what is too large for it', async () => {
    const address = nats.uniqueName()
    const logger = new RecordingLogger()
    const here = trafficOf(nats.link, logger)
    here.listen(address, ({ length }, answer) => answer(Buffer.from(`${length}`)))
    const { maxPayloadBytes } = here
    expect(await ask(here, address, Buffer.alloc(maxPayloadBytes))).toBe(`${maxPayloadBytes}`)
    const tooLarge = Buffer.alloc(maxPayloadBytes + 1)
    expect(await ask(here, address, tooLarge)).toBeUndefined()
    expect(await ask(here, address, tooLarge)).toBeUndefined()
    const fields = { payloadBytes: maxPayloadBytes + 1, maxPayloadBytes }
    const line = ['warn', 'A batch is too large for the NATS server', fields]
    expect(logger.take()).toEqual([line])
  })

  it('lets nobody write commands of NATS, or wildcards, in an address', async () => {
    const logger = new RecordingLogger()
    const here = trafficOf(nats.link, logger)
    const heard = vi.fn()
    nats.link.connection.subscribe('stolen', { callback: heard })
    const addresses = [
      '',
      'a b',
      'a\r\nPUB stolen 0\r\n',
      '*',
      'a.>',
      '.a',
      'a..b',
      'a'.repeat(201),
    ]
    for (const address of addresses) {
      expect(await ask(here, address, '')).toBe('nobody')
      expect(() => here.listen(address, heard)).toThrow('nobody can be at')
    }
    await nats.link.connection.flush()
    expect(heard).not.toHaveBeenCalled()
    expect(logger.take()).toEqual([['warn', 'Nobody can be at an address', { address: '' }]])
  })

  it('goes on when what it brought could not be handled', async () => {
    const address = nats.uniqueName()
    const logger = new RecordingLogger()
    const here = trafficOf(nats.link, logger)
    here.listen(address, (payload, answer) => {
      if (payload.length === 0) throw new Error('what is this?')
      answer(payload)
    })
    expect(await ask(here, address, '', 50)).toBeUndefined()
    // Nor does it need a request to be an answer to.
    nats.link.connection.publish(batchSubject(PREFIX, address), 'no reply')
    expect(await ask(here, address, 'a')).toBe('a')
    const fields = { err: new Error('what is this?') }
    expect(logger.take()).toEqual([['error', 'Cannot handle what another node says', fields]])
  })

  it('is enough for a link, whose connections may be lost at both ends', async () => {
    const address = nats.uniqueName()
    const [from, to] = [await otherTraffic(), await otherTraffic()]
    const received: string[] = []
    const refused: string[] = []
    const receivers = new LinkReceivers({
      traffic: to.traffic,
      clock: systemClock,
      address,
      onOpened() {},
      onBatch: (_link, batch) => received.push(`${batch.toString('latin1', 0, 5)} ${batch.length}`),
      onBroken: (_link, error) => refused.push(String(error)),
    })
    const sender = new LinkSender({
      traffic: from.traffic,
      address,
      linkId: newLinkId(),
      clock: systemClock,
      onDrained() {},
      onRefused: (reason) => refused.push(reason),
    })
    const sent: string[] = []
    const large = Buffer.alloc(3 * from.traffic.maxPayloadBytes)
    for (let number = 10_000; number < 10_300; number++) {
      const rest = number % 50 === 0 ? large : Buffer.alloc(number % 1000)
      sender.send([Buffer.from(`${number}`), rest])
      sent.push(`${number} ${rest.length + 5}`)
      if (number === 10_100) await from.link.connection.reconnect()
      if (number === 10_200) await to.link.connection.reconnect()
    }
    await vi.waitFor(() => expect([sender.pendingBytes, refused]).toEqual([0, []]), 20_000)
    expect(received).toEqual(sent)
    sender.close()
    receivers.close()
  })
})
