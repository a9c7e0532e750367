import { join } from 'node:path'
import { describe } from 'vitest'
import { LmdbMetadata } from '../../src/store/lmdb/lmdb-metadata.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { metadataContract } from './metadata.contract.ts'

describe('LmdbMetadata', () => {
  metadataContract(() => {
    const path = join(temporaryDirectory(), 'definitions.mdb')
    return () => LmdbMetadata.open(path)
  })
})
