// A directory of real files whose operations fail at random, some of them half-done, and which knows
// what of it a loss of power would leave: of each file what was flushed, and of what came later any
// sectors; of the names those that were there at some time since the directory was flushed.

import fs, { cpSync, fstatSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { dirname, join } from 'node:path'
import { vi } from 'vitest'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'
import type { RandomNumber } from '../../../unit/sharding/link/simulated-traffic.ts'

const SECTOR_BYTES = 512

interface DiskFile {
  /** What of it is on the disk for good. */
  flushed: Buffer
  /** What was in it when its name was taken away. */
  removed: Buffer | null
}

interface Naming {
  readonly name: string
  /** Null when nothing has that name any more. */
  readonly file: DiskFile | null
}

interface HandleFunctions {
  datasync: (this: FileHandle) => Promise<void>
  sync: (this: FileHandle) => Promise<void>
  truncate: (this: FileHandle, length?: number) => Promise<void>
  writev: (this: FileHandle, buffers: readonly Buffer[], position?: number) => Promise<unknown>
}

export class FailingDisk {
  /** How many of the operations fail, of 1. */
  failureRate = 0
  /** The directory, which is another one after each end. */
  path: string = join(temporaryDirectory(), 'disk')
  readonly #random: RandomNumber
  readonly #files = new Map<number, DiskFile>()
  #namings: Naming[] = []
  #flushedNamings = 0

  /** Until mocks are restored. */
  static async mount(random: RandomNumber): Promise<FailingDisk> {
    const disk = new FailingDisk(random)
    mkdirSync(disk.path)
    await disk.#mockHandles()
    disk.#mockNames()
    disk.#mockWrites()
    syncBuiltinESMExports()
    return disk
  }

  static restore(): void {
    vi.restoreAllMocks()
    syncBuiltinESMExports()
  }

  private constructor(random: RandomNumber) {
    this.#random = random
  }

  /** What the next process finds. Who goes on with the old directory does no harm. */
  endProcess(): void {
    const before = this.path
    const named = readdirSync(before).map((name) => ({ name, file: this.#fileAt(name) }))
    this.path = join(temporaryDirectory(), 'disk')
    cpSync(before, this.path, { recursive: true })
    this.#files.clear()
    for (const { name, file } of named) {
      if (file !== undefined) this.#files.set(statSync(join(this.path, name)).ino, file)
    }
  }

  /** What is there when power is back. */
  losePower(): void {
    const known = this.#upTo(this.#flushedNamings, this.#namings.length)
    const files = new Map(this.#namings.slice(0, known).map(({ name, file }) => [name, file]))
    const current = new Map<DiskFile, Buffer>()
    for (const name of readdirSync(this.path)) {
      const file = this.#fileAt(name)
      if (file !== undefined) current.set(file, readFileSync(join(this.path, name)))
    }
    this.path = join(temporaryDirectory(), 'disk')
    mkdirSync(this.path)
    this.#files.clear()
    this.#namings = []
    for (const [name, file] of files) {
      if (file === null) continue
      const content = this.#leftOf(file, current.get(file) ?? file.removed ?? file.flushed)
      fs.writeFileSync(join(this.path, name), content)
      const left = { flushed: content, removed: null }
      this.#files.set(statSync(join(this.path, name)).ino, left)
      this.#namings.push({ name, file: left })
    }
    this.#flushedNamings = this.#namings.length
  }

  #leftOf({ flushed }: DiskFile, current: Buffer): Buffer {
    const kind = this.#upTo(0, 2)
    if (kind < 2) return kind === 0 ? flushed : current
    const left = Buffer.alloc(this.#random() < 0.5 ? flushed.length : current.length)
    for (let at = 0; at < left.length; at += SECTOR_BYTES) {
      const from = this.#random() < 0.5 && at < current.length ? current : flushed
      if (at < from.length) from.copy(left, at, at, at + SECTOR_BYTES)
    }
    return left
  }

  #upTo(from: number, to: number): number {
    return from + Math.floor(this.#random() * (to - from + 1))
  }

  #fail(operation: string): void {
    if (this.#random() < this.failureRate) throw new Error(`EIO: i/o error, ${operation}`)
  }

  /** Undefined when it is not in the directory. */
  #nameOf(path: unknown): string | undefined {
    if (typeof path !== 'string' || dirname(path) !== this.path) return undefined
    return path.slice(this.path.length + 1)
  }

  #fileAt(name: string): DiskFile | undefined {
    return this.#files.get(statSync(join(this.path, name)).ino)
  }

  #flushed(fd: number): void {
    const { ino } = fstatSync(fd)
    if (ino === statSync(this.path).ino) this.#flushedNamings = this.#namings.length
    for (const name of readdirSync(this.path)) {
      const path = join(this.path, name)
      const file = statSync(path).ino === ino ? this.#files.get(ino) : undefined
      if (file !== undefined) file.flushed = readFileSync(path)
    }
  }

  async #mockHandles(): Promise<void> {
    // For functions whose own `this` is a handle.
    const fail = (operation: string): void => this.#fail(operation)
    const flushed = (fd: number): void => this.#flushed(fd)
    const writtenOf = (buffers: readonly Buffer[]) => this.#written(buffers)
    const handle = await fs.promises.open(dirname(this.path))
    const prototype = Object.getPrototypeOf(handle) as HandleFunctions
    await handle.close()
    for (const name of ['datasync', 'sync'] as const) {
      const flush = prototype[name]
      vi.spyOn(prototype, name).mockImplementation(async function (this: FileHandle) {
        fail(name)
        await flush.call(this)
        flushed(this.fd)
      })
    }
    const { truncate, writev } = prototype
    vi.spyOn(prototype, 'truncate').mockImplementation(async function (this: FileHandle, length) {
      fail('truncate')
      await truncate.call(this, length)
    })
    vi.spyOn(prototype, 'writev').mockImplementation(async function (
      this: FileHandle,
      buffers,
      position,
    ) {
      const written = writtenOf(buffers)
      const result = await writev.call(this, written, position)
      if (written !== buffers) throw new Error('EIO: i/o error, writev')
      return result
    })
  }

  /** What of a write comes to be there: all of it, or some when it fails. */
  #written(buffers: readonly Buffer[]): readonly Buffer[] {
    if (this.#random() >= this.failureRate) return buffers
    const all = Buffer.concat(buffers)
    return [all.subarray(0, this.#upTo(0, all.length))]
  }

  #mockWrites(): void {
    const { writevSync, fdatasyncSync } = fs
    vi.spyOn(fs, 'writevSync').mockImplementation((fd, buffers, position) => {
      const written = this.#written(buffers as Buffer[])
      const length = writevSync(fd, written, position)
      if (written !== buffers) throw new Error('EIO: i/o error, writev')
      return length
    })
    vi.spyOn(fs, 'fdatasyncSync').mockImplementation((fd) => {
      this.#fail('fdatasync')
      fdatasyncSync(fd)
      this.#flushed(fd)
    })
  }

  #mockNames(): void {
    const { open, rename, rm } = fs.promises
    vi.spyOn(fs.promises, 'open').mockImplementation(async (path, flags, mode) => {
      this.#fail('open')
      const handle = await open(path, flags, mode)
      const name = this.#nameOf(path)
      if (name !== undefined && this.#fileAt(name) === undefined) {
        const file = { flushed: Buffer.alloc(0), removed: null }
        this.#files.set((await handle.stat()).ino, file)
        this.#namings.push({ name, file })
      }
      return handle
    })
    vi.spyOn(fs.promises, 'rename').mockImplementation(async (from, to) => {
      this.#fail('rename')
      const [name, newName] = [this.#nameOf(from), this.#nameOf(to)]
      await rename(from, to)
      if (name === undefined || newName === undefined) return
      this.#namings.push({ name, file: null })
      this.#namings.push({ name: newName, file: this.#fileAt(newName) ?? null })
    })
    vi.spyOn(fs.promises, 'rm').mockImplementation(async (path, options) => {
      this.#fail('rm')
      const name = this.#nameOf(path)
      const isThere = name !== undefined && fs.existsSync(path)
      const file = isThere ? this.#fileAt(name) : undefined
      if (file !== undefined) file.removed = readFileSync(path as string)
      await rm(path, options)
      if (isThere) this.#namings.push({ name, file: null })
    })
  }
}
