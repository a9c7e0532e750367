// A broker that is short of memory.

import { browserTest } from '../support/browser-test.ts'

const test = browserTest({ memoryHighWatermark: 0 })

test('an alarm is told first of all', async ({ open }) => {
  const page = await open('/console/')
  const alarm = page.getByRole('alert').filter({ hasText: /^Memory alarm: .* are used\./ })
  await alarm.waitFor()
})
