import { describe, expect, test } from 'vitest'
import { formatNumber, formatRate } from '../report/format.ts'
import { goalsOf, meets, Results } from '../report/results.ts'
import { formatTable, styleFor } from '../report/table.ts'
import type { Step } from '../scenario.ts'
import { SCENARIOS } from '../scenarios.ts'

const STEP: Step = SCENARIOS[0]!.steps[0]!
const plain = styleFor({ isTTY: false })

describe('The results', () => {
  test('give median, minimum and maximum of all rounds', () => {
    const results = new Results()
    for (const cpuUs of [3, 1, 2]) results.add(STEP, 'leveret', { cpuUs }, [])
    expect(results.rows[0]!.brokers[0]!.spreads.cpuUs).toEqual({ median: 2, min: 1, max: 3 })
  })

  test('hold a goal against the median, and not against nothing', () => {
    const results = new Results()
    results.add(STEP, 'leveret', { cpuUs: 0.4 }, [])
    const [result] = results.rows[0]!.brokers
    expect(meets({ figure: 'cpuUs', atMost: 0.5 }, result!)).toBe(true)
    expect(meets({ figure: 'cpuUs', atMost: 0.3 }, result!)).toBe(false)
    expect(meets({ figure: 'peakMiB', atMost: 1 }, result!)).toBeUndefined()
  })

  test('hold a goal only against the broker it is meant for', () => {
    const goals = [
      { figure: 'cpuUs', atMost: 1 },
      { figure: 'confirmP50Us', atMost: 65, broker: 'leveret' },
      { figure: 'confirmP50Us', atMost: 25, broker: 'leveret-os' },
    ] as const
    const results = new Results()
    const step = { ...STEP, goals: [...goals] }
    for (const broker of ['leveret', 'leveret-os']) results.add(step, broker, { cpuUs: 1 }, [])
    const limits = results.rows[0]!.brokers.map((each) => goalsOf(step, each).map((g) => g.atMost))
    expect(limits).toEqual([
      [1, 65],
      [1, 25],
    ])
  })

  test('remember faults of measurements that gave no figures', () => {
    const results = new Results()
    results.add(STEP, 'leveret', {}, ['lost 1'])
    expect(results.hasFaults).toBe(true)
    expect(results.rows[0]!.brokers[0]!.samples).toEqual([])
  })
})

describe('The table', () => {
  test('shows both brokers, how they compare, and whether the goal is met', () => {
    const results = new Results()
    results.add(STEP, 'leveret', { messagesPerSec: 1_000_000, cpuUs: 0.4 }, [])
    results.add(STEP, 'rabbitmq', { messagesPerSec: 100_000, cpuUs: 8 }, [])
    const table = formatTable(results, plain)
    expect(table).toMatch(/leveret +1\.00 M +0\.400 .*10x \/ 20x +CPU ≤ 0\.5 met/)
    expect(table).toMatch(/rabbitmq +100 k +8\.00/)
  })

  test('shows what went wrong under the row it belongs to', () => {
    const results = new Results()
    results.add(STEP, 'leveret', { messagesPerSec: 1 }, ['3 lost'])
    expect(formatTable(results, plain)).toContain('FAULT: 3 lost')
  })
})

describe('A number', () => {
  test('is shown with the digits that matter', () => {
    expect([0.4734, 8.6, 12.345, 180.4, 5210].map(formatNumber)).toEqual([
      '0.473',
      '8.60',
      '12.3',
      '180',
      '5210',
    ])
    expect([950, 219_000, 1_040_000].map(formatRate)).toEqual(['950', '219 k', '1.04 M'])
  })
})
