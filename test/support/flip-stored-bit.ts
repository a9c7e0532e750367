// Flips a bit wherever some bytes are stored, as a disk does that goes bad.

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MemoryDisk } from '../../src/store/memory/memory-disk.ts'

/** In the files of a directory. */
export function flipBitInFiles(directory: string, content: Buffer): void {
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const path = join(directory, name)
    if (!statSync(path).isFile()) continue
    const bytes = readFileSync(path)
    if (flipFirstBits(bytes, content)) writeFileSync(path, bytes)
  }
}

/** In the records of a disk that is none. */
export function flipBitInMemory(disk: MemoryDisk, content: Buffer): void {
  for (const record of disk.records.written.values()) flipFirstBits(record, content)
}

function flipFirstBits(bytes: Buffer, content: Buffer): boolean {
  const first = bytes.indexOf(content)
  for (let at = first; at >= 0; at = bytes.indexOf(content, at + 1)) bytes[at]! ^= 1
  return first >= 0
}
