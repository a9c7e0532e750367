import { onTestFinished } from 'vitest'
import { JetStreamJournal } from '../../src/store/jetstream/jetstream-journal.ts'
import { LogStream } from '../../src/store/jetstream/log-stream.ts'
import { journalContract } from '../contract/journal.contract.ts'
import { flipBitInStream } from './support/flip-bit-in-stream.ts'
import { natsTest } from './support/nats-test.ts'

const nats = natsTest()

function contractWith(replicas: number): void {
  journalContract(() => {
    const name = nats.uniqueName()
    const options = { name, subject: `test.${name}`, replicas }
    const patience = () => ({ untilMs: performance.now() + 20_000 })
    let epoch = 0
    let damaging = Promise.resolve()
    onTestFinished(() => nats.api.deleteStream(name).catch(() => {}))
    return {
      async open(onDamage) {
        await damaging
        epoch++
        const stream =
          epoch === 1
            ? await LogStream.create(nats.api, options, patience())
            : new LogStream(nats.api, options)
        return JetStreamJournal.open({ stream, epoch, onDamage, onFenced() {} })
      },
      damage(content) {
        damaging = flipBitInStream(nats.api, options, content)
      },
    }
  })
}

nats.describe('JetStreamJournal with one copy', () => contractWith(1))
nats.describe('JetStreamJournal with three copies', () => contractWith(3))
