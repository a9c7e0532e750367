import { afterEach, it } from 'vitest'
import { randomNumbers } from '../../../unit/sharding/link/simulated-traffic.ts'
import { FailingDisk } from './failing-disk.ts'
import { JournalHistory } from './journal-history.ts'

const HISTORIES = 12
const STEPS = 60

afterEach(() => FailingDisk.restore())

it.each(Array.from({ length: HISTORIES }, (_, index) => index + 1))(
  'SegmentJournal keeps what it says, on a disk that fails and loses power, in history %i',
  async (seed) => {
    const random = randomNumbers(seed)
    const disk = await FailingDisk.mount(random)
    const history = await JournalHistory.begin(disk, random)
    for (let step = 0; step < STEPS; step++) await history.step()
    await history.end()
  },
)
