import { beforeEach, describe, expect, it } from 'vitest'
import { Scribes } from '../../../src/broker/cluster/scribes.ts'
import { JetStreamError } from '../../../src/store/jetstream/jet-stream-api.ts'
import type { KvNote } from '../../../src/store/jetstream/kv-note.ts'
import { FakeClock } from '../../support/fake-clock.ts'

let clock: FakeClock
/** Those that answer, and with what. */
let answers: Map<string, (about: string) => Promise<string>>
let asked: string[]

const note: KvNote = [
  { after: 7, id: 'x-1', key: 'a', value: '1' },
  { after: 5, id: 'x-2', key: 'b', value: undefined },
]
const receipt = { revisions: [8, 0], position: 9 }

function scribesOf(node: string, nodes = ['n2', 'n3', 'n1']): Scribes {
  const questions = {
    async ask(name: string, _question: string, _timeoutMs: number, about = '') {
      asked.push(name)
      return answers.get(name)?.(about)
    },
    answer(name: string, _question: string, answer: (about: string) => Promise<string>) {
      answers.set(name, answer)
    },
  }
  return new Scribes(node, questions, () => nodes, clock)
}

beforeEach(() => {
  clock = new FakeClock()
  answers = new Map()
  asked = []
})

describe('what many nodes write', () => {
  it('is written by the first of them', async () => {
    const notes: KvNote[] = []
    scribesOf('n1').answer({
      async write(given) {
        notes.push(given)
        return receipt
      },
    })
    expect(await scribesOf('n3').write(note)).toEqual(receipt)
    expect(await scribesOf('n1').write(note)).toBeUndefined()
    expect(notes).toEqual([note])
    expect(asked).toEqual(['n1'])
  })

  it('is written by the node itself before it knows of any', async () => {
    expect(await scribesOf('n3', []).write(note)).toBeUndefined()
    expect(asked).toEqual([])
  })

  it('is written by the next one while the first does not answer, and then by the first again', async () => {
    scribesOf('n2').answer({ write: async () => receipt })
    const scribes = scribesOf('n3')
    expect(await scribes.write(note)).toBeUndefined()
    expect(await scribes.write(note)).toEqual(receipt)
    clock.advance(5000)
    scribesOf('n1').answer({ write: async () => receipt })
    expect(await scribes.write(note)).toEqual(receipt)
    expect(asked).toEqual(['n1', 'n2', 'n1'])
  })

  it('is tried by the node itself when the other one cannot, which is asked again', async () => {
    scribesOf('n1').answer({ write: () => Promise.reject(new JetStreamError('away', 0)) })
    const scribes = scribesOf('n3')
    expect(await scribes.write(note)).toBeUndefined()
    expect(await scribes.write(note)).toBeUndefined()
    expect(asked).toEqual(['n1', 'n1'])
  })
})
