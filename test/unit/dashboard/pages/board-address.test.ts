import { expect, it } from 'vitest'
import { queueKey } from '../../../../src/dashboard/board/queue-key.ts'
import { boardAddressOf } from '../../../../src/dashboard/pages/board-address.ts'

it.each(['plain', 'a/b?c#d', '100%', 'a › b', '~25~', 'line\nbreak', 'right\u202eto left', '🐇'])(
  "the page of a queue in bull-board is at bull-board's own key: %j",
  (name) => {
    for (const vhost of ['/', name]) {
      const address = boardAddressOf(vhost, name)
      expect(address).toBe(`/ui/queue/${encodeURIComponent(queueKey({ vhost, name }))}`)
    }
  },
)
