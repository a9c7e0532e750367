import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { amqpWords, type Words } from '../../../src/dashboard/board/words.ts'

const ui = dirname(createRequire(import.meta.url).resolve('@bull-board/ui/package.json'))
const shipped: Words = JSON.parse(
  readFileSync(join(ui, 'dist/static/locales/en-US/messages.json'), 'utf8'),
)

/** Of what the page never shows here, since queues have no such things. */
const UNSEEN =
  /^(SCHEDULERS\.|METRICS\.|METRICS_HISTORY\.|LATENCY|RATE_LIMIT|CONCURRENCY|REDIS|JOB\.FLOW|ERRORS\.REDIS_)/

function texts(words: Words, path = ''): [string, string][] {
  return Object.entries(words).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[path + key, value]] : texts(value, `${path}${key}.`),
  )
}

const placesIn = (text: string): string[] =>
  [...(text.match(/\{\{.*?\}\}|\$t\(.*?\)/g) ?? [])].sort()

describe('the words of the dashboard', () => {
  const words = amqpWords(shipped)

  it('are all of bull-board’s', () => {
    expect(texts(words).map(([key]) => key)).toEqual(texts(shipped).map(([key]) => key))
  })

  it('have no place that bull-board does not fill', () => {
    const before = new Map(texts(shipped))
    for (const [key, text] of texts(words)) {
      expect(placesIn(before.get(key) as string), key).toEqual(
        expect.arrayContaining(placesIn(text)),
      )
    }
  })

  it('are AMQP’s', () => {
    const foreign = texts(words).filter(
      ([key, text]) =>
        !UNSEEN.test(key) &&
        /\b(jobs?|workers?|redis|obliterate|promote)\b/i.test(
          text.replaceAll(/\{\{.*?\}\}|\$t\(.*?\)/g, ''),
        ),
    )
    expect(foreign.filter(([key]) => !key.includes('JOB_SCHEDULER'))).toEqual([])
  })

  it('say what is done', () => {
    expect(Object.fromEntries(texts(words))).toMatchObject({
      'QUEUE.STATUS.WAITING': 'Ready',
      'QUEUE.STATUS.ACTIVE': 'Unacked',
      'QUEUE.STATUS.FAILED': 'Dead-lettered',
      'QUEUE.ACTIONS.ADD_JOB': 'Publish …',
      'QUEUE.ACTIONS.EMPTY': 'Purge',
      'QUEUE.ACTIONS.RETRY_ALL': 'Re-publish all',
      'JOB.ACTIONS.RETRY': 'Re-publish',
      'JOB.ACTIONS.PROMOTE': 'Deliver now',
      'JOB.ACTIONS.CLEAN': 'Delete',
      'DASHBOARD.JOBS_COUNT': '{{count}} Messages',
      'QUEUE.WORKERS.NONE': 'No consumers',
    })
  })

  it('cannot be changed where bull-board has no such text', () => {
    const { QUEUE: _, ...others } = shipped
    expect(() => amqpWords(others)).toThrow('bull-board has no text QUEUE')
  })
})
