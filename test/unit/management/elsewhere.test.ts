import { describe, expect, it } from 'vitest'
import type { Answer } from '../../../src/management/answer.ts'
import type { Call } from '../../../src/management/call.ts'
import { answerElsewhere, type Errand } from '../../../src/management/cluster/elsewhere.ts'
import {
  decodeQuestion,
  encodeAnswer,
  type NodeAnswer,
  type NodeQuestion,
} from '../../../src/management/cluster/node-question.ts'
import { badRequest, noSuchObject } from '../../../src/management/http-error.ts'
import type { ManagedCluster } from '../../../src/management/managed-cluster.ts'

interface Scene {
  /** Of the queue that is asked for. */
  readonly owner: string | null
  /** What the others answer; a node that is missing does not. */
  readonly answers?: Readonly<Record<string, NodeAnswer>>
  readonly own?: Answer | Error
}

const QUESTION: NodeQuestion = {
  user: 'guest',
  method: 'GET',
  path: '/queues/%2F/q/messages',
  query: 'count=1',
  bodyText: '',
}

/** What node `a` of three is asked to do, and what it has asked of others. */
function errand({ owner, answers = {}, own = { status: 200, body: ['own'] } }: Scene) {
  const asked: [node: string, question: NodeQuestion][] = []
  const cluster = {
    node: 'a',
    members: ['c', 'a', 'b'],
    shards: [{ owner, epoch: 1, target: null }],
    call: async (node: string, question: Buffer) => {
      asked.push([node, decodeQuestion(question)])
      const answer = answers[node]
      return answer && encodeAnswer(answer)
    },
  } as unknown as ManagedCluster
  const call = {
    broker: { cluster },
    param: () => 'q',
    vhost: {
      queues: { find: () => ({ name: 'q' }) },
      applied: { placeOf: () => ({ shard: 0 }) },
    },
  } as unknown as Call
  const here = async (): Promise<Answer> => {
    if (own instanceof Error) throw own
    return own
  }
  const errand: Errand = { call, cluster, question: QUESTION, here }
  return { errand, asked }
}

const list = (...body: unknown[]): Answer => ({ status: 200, body, isList: true })

describe('what the owner of a queue has to do', () => {
  it('is done by it, as it was asked', async () => {
    const scene = errand({ owner: 'b', answers: { b: { status: 200, body: { items: [] } } } })
    expect(await answerElsewhere('owner', scene.errand)).toEqual({
      status: 200,
      body: { items: [] },
    })
    expect(scene.asked).toEqual([['b', QUESTION]])
  })

  it('is done here where this is the owner', async () => {
    const scene = errand({ owner: 'a' })
    expect(await answerElsewhere('owner', scene.errand)).toEqual({ status: 200, body: ['own'] })
    expect(scene.asked).toEqual([])
  })

  it.each([
    ['there is none', null, {}, 503, "queue 'q' is on no node at the moment"],
    ['it does not answer', 'b', {}, 503, 'node leveret@b does not answer'],
    ['it refuses', 'b', { b: badRequest('not so') }, 400, 'not so'],
  ])('is refused where %s', async (_, owner, answers, status, message) => {
    const refused = answerElsewhere('owner', errand({ owner, answers }).errand)
    await expect(refused).rejects.toMatchObject({ status, message })
  })
})

describe('what all nodes have to do', () => {
  it('is one list, without those who do not answer', async () => {
    const scene = errand({ owner: null, own: list('a'), answers: { b: list('b1', 'b2') } })
    const { body, isList } = await answerElsewhere('everywhere', scene.errand)
    expect([body, isList]).toEqual([['a', 'b1', 'b2'], true])
    expect(scene.asked.map(([node]) => node).toSorted()).toEqual(['b', 'c'])
  })

  it('is answered by who can', async () => {
    const answers = { b: noSuchObject(), c: { status: 204 } }
    const { errand: one } = errand({ owner: null, own: noSuchObject(), answers })
    expect(await answerElsewhere('everywhere', one)).toMatchObject({ status: 204 })
  })

  it.each([
    ['nobody knows', { b: noSuchObject(), c: noSuchObject() }, 404],
    ['who does not answer may know', { b: noSuchObject() }, 503],
  ])('is refused where %s', async (_, answers, status) => {
    const { errand: one } = errand({ owner: null, own: noSuchObject(), answers })
    await expect(answerElsewhere('everywhere', one)).rejects.toMatchObject({ status })
  })

  it('is a fault here where it is one', async () => {
    const { errand: one } = errand({ owner: null, own: new TypeError('our own') })
    await expect(answerElsewhere('everywhere', one)).rejects.toThrow('our own')
  })

  it('adds up what each knows of the same things', async () => {
    const item = (name: string, count: number, other: string) => ({
      ...{ vhost: '/', name, other },
      message_stats: { publish: count },
    })
    const own = list(item('q', 1, 'mine'), { vhost: '/', name: 'r', other: 'mine' })
    const answers = {
      b: list(item('q', 2, 'theirs'), item('r', 4, 'theirs'), item('new', 8, 'theirs')),
    }
    const { errand: one } = errand({ owner: null, own, answers })
    const { body } = await answerElsewhere({ together: ['message_stats'] }, one)
    expect(body).toEqual([item('q', 3, 'mine'), item('r', 4, 'mine')])
  })
})
