import { describe, expect, it } from 'vitest'
import { JetStreamApi } from '../../../../src/store/jetstream/jet-stream-api.ts'
import { KvBucket } from '../../../../src/store/jetstream/kv-bucket.ts'
import { SimulatedBucket, SimulatedLink } from '../../../model/store/jetstream/simulated-bucket.ts'

async function open(simulated: SimulatedBucket): Promise<KvBucket> {
  const { requests } = new SimulatedLink(
    simulated,
    () => 'arrives',
    () => 0,
  ).asLink
  return KvBucket.create(new JetStreamApi(requests), 'b', 1, { untilMs: Number.POSITIVE_INFINITY })
}

describe('a change behind others', () => {
  it('is made after them, where nobody else has changed anything', async () => {
    const simulated = new SimulatedBucket()
    const bucket = await open(simulated)
    const changes = ['a', 'b', 'c'].map((key) => ({ key, value: key, id: bucket.newId() }))
    expect(await Promise.all(bucket.write(changes, 0))).toEqual([1, 2, 3])
    expect(await Promise.all(bucket.write(changes, 2))).toEqual([undefined, undefined, undefined])
    expect(simulated.taken).toHaveLength(3)
  })

  it('is not made behind one that somebody else has made, who knew more', async () => {
    const simulated = new SimulatedBucket()
    const [knowing, behind] = [await open(simulated), await open(simulated)]
    const both = { key: 'a', value: '1', id: behind.newId() }
    const theirs = { key: 'b', value: 'theirs', id: knowing.newId() }
    expect(await Promise.all(knowing.write([theirs, both], 0))).toEqual([1, 2])
    const ours = { key: 'b', value: 'ours', id: behind.newId() }
    await Promise.all(behind.write([both, ours], 0))
    expect(simulated.values.get('b')).toBe('theirs')
  })

  it('is told of by the name that it was given', async () => {
    const bucket = await open(new SimulatedBucket())
    const id = bucket.newId()
    await Promise.all(bucket.write([{ key: 'a', value: '1', id }], 0))
    expect(await bucket.entries(1, 1)).toMatchObject([{ key: 'a', value: '1', id }])
  })
})
