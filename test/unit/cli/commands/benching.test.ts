import { expect, it } from 'vitest'
import { ClientProgram } from '../../../support/client-program.ts'

const leveret = await ClientProgram.start()
const amqp = `amqp://127.0.0.1:${leveret.broker.port}`

interface Figures {
  readonly published: number
  readonly consumed: number
  readonly published_per_sec: number
  readonly latency_ms?: { readonly p50: number; readonly p99: number }
  readonly confirm_ms?: { readonly p50: number; readonly p99: number }
  readonly faults: readonly string[]
}

it('publishes and consumes so many messages, and leaves nothing behind', async () => {
  const figures = await leveret.json<Figures>([
    ...['bench', '--amqp', amqp, '--messages', '500', '--size', '100', '--queues', '3'],
    ...['--producers', '2', '--consumers', '2', '--confirms', '50', '--prefetch', '10'],
    '--persistent',
  ])
  expect(figures).toMatchObject({ published: 500, consumed: 500, faults: [] })
  expect(figures.latency_ms?.p99).toBeGreaterThanOrEqual(figures.latency_ms?.p50 ?? Infinity)
  expect(figures.confirm_ms?.p99).toBeGreaterThanOrEqual(figures.confirm_ms?.p50 ?? Infinity)
  expect(await leveret.json(['list', 'queues'])).toEqual([])
})

it('publishes at a rate for a time', async () => {
  const times = ['--duration', '0.6', '--warmup', '0.1', '--rate', '200']
  const shown = await leveret.output(['bench', '--amqp', amqp, ...times])
  expect(shown).toMatch(/^Published\t\d+ messages\/s, /m)
  expect(shown).toMatch(
    /^Latency\tp50 [\d.]+ ms, p95 [\d.]+ ms, p99 [\d.]+ ms, at most [\d.]+ ms$/m,
  )
  expect(shown).not.toContain('Confirms')
})

it('says why it cannot', async () => {
  const { port } = leveret.broker
  const wrong = await leveret.run(['bench', '--amqp', `amqp://guest:wrong@127.0.0.1:${port}`])
  expect(wrong).toMatchObject({ exitCode: 5, stdout: '' })
  expect(wrong.stderr).toContain('403 ACCESS_REFUSED')
  const vhost = await leveret.run(['bench', '--amqp', amqp, '--vhost', 'nowhere'])
  expect(vhost).toMatchObject({ exitCode: 5, stdout: '' })
  const nobody = await leveret.run(['bench', '--amqp', 'amqp://nowhere.invalid'])
  expect(nobody).toMatchObject({ exitCode: 3, stdout: '' })
  expect((await leveret.run(['bench', '--warmup', '10'])).exitCode).toBe(2)
})
