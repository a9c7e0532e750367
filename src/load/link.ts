// One socket to the broker that reads into memory it owns and never allocates
// for input. The receiver parses in place and says how far it came; a frame
// that is not whole yet is moved in front of where the next read will land:
//
//   | ……… carry ……… [unfinished frame] | ………………… read window ………………… |
//                                       ^ every read starts here

import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Target } from './traffic-load.ts'

/** Parses `bytes[start, end)` and returns where the first unfinished frame begins. */
export type Receiver = (bytes: Buffer, start: number, end: number) => number

export interface LinkSize {
  carryBytes: number
  readBytes: number
}

/** For traffic: the carry holds any frame, the window what the kernel has in one go. */
export const LOAD_SIZE: LinkSize = { carryBytes: 144 * 1024, readBytes: 256 * 1024 }
/** For connections that only shake hands; hundreds of them fit beside each other. */
export const IDLE_SIZE: LinkSize = { carryBytes: 4096, readBytes: 4096 }

export class Link {
  readonly socket: Socket
  /** Who parses; may be replaced at any time. */
  receiver: Receiver
  /** Called once, when the socket ended or something could not be parsed. */
  onFailure: (error: Error) => void = () => {}
  /** The memory that receivers are given, for reading numbers from it. */
  readonly view: DataView
  readonly #memory: Buffer
  readonly #carryBytes: number
  #unfinished = 0
  #closing = false

  constructor(target: Target, size: LinkSize, receiver: Receiver) {
    this.receiver = receiver
    this.#carryBytes = size.carryBytes
    this.#memory = Buffer.allocUnsafeSlow(size.carryBytes + size.readBytes)
    this.view = new DataView(this.#memory.buffer, this.#memory.byteOffset)
    const { host, port } = target
    const onread = {
      buffer: this.#memory.subarray(size.carryBytes),
      callback: (bytes: number) => this.#onRead(bytes),
    }
    const options = { host, port, noDelay: true, onread }
    this.socket = target.tls ? connectTls({ ...options, servername: host }) : connect(options)
    this.socket.on('error', (error) => this.#fail(error))
    this.socket.on('close', () => this.#fail(new Error('the broker closed the connection')))
  }

  /** Ends the socket; what happens to it from here on is no failure. */
  destroy(): void {
    this.#closing = true
    this.socket.destroy()
  }

  #onRead(bytes: number): boolean {
    const end = this.#carryBytes + bytes
    try {
      const done = this.receiver(this.#memory, this.#carryBytes - this.#unfinished, end)
      const left = end - done
      if (left > this.#carryBytes) throw new Error(`a frame of more than ${this.#carryBytes} bytes`)
      if (left > 0) this.#memory.copyWithin(this.#carryBytes - left, done, end)
      this.#unfinished = left
    } catch (error) {
      this.#fail(error as Error)
    }
    return true
  }

  #fail(error: Error): void {
    if (this.#closing) return
    this.destroy()
    this.onFailure(error)
  }
}
