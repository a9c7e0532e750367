import { describe } from 'vitest'
import { flipBitInFiles } from '../support/flip-stored-bit.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { DURABLE_ENGINES } from './durable-engines.ts'
import { journalContract } from './journal.contract.ts'

describe.each(Object.entries(DURABLE_ENGINES))('%s', (_, openJournal) => {
  journalContract((durability) => {
    const directory = temporaryDirectory()
    return {
      open: (onDamage) => openJournal(directory, durability, onDamage),
      damage: (content) => flipBitInFiles(directory, content),
    }
  })
})
