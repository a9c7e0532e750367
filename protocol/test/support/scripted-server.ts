// The server's side of a connection, for testing a client library on the codec alone: it answers
// every request by the method that the method table says answers it, with blank fields where the
// test gives none, and keeps every frame that came.

import { once } from 'node:events'
import net from 'node:net'
import {
  CONNECTION_START,
  CONNECTION_START_OK,
  CONNECTION_TUNE,
  decodeMethod,
  encodeMethodFrame,
  type FieldDomain,
  FRAME_METHOD,
  FrameParser,
  METHODS,
  type Method,
  PROTOCOL_HEADER,
} from '../../src/index.ts'

/** A frame with its bytes, whole; `method` is there for method frames. */
export interface ReceivedFrame {
  type: number
  channel: number
  bytes: Buffer
  method?: Method
}

const BLANK: Record<FieldDomain, unknown> = {
  bit: false,
  octet: 0,
  short: 0,
  long: 0,
  longlong: 0,
  timestamp: 0n,
  shortstr: '',
  longstr: Buffer.alloc(0),
  table: new Map(),
}

/** What the server does next in the handshake, where no answer is due. */
const NEXT_STEP = new Map<number, number>([[CONNECTION_START_OK, CONNECTION_TUNE]])

/** The method of this id with blank fields, save those given. */
export function blankMethod(id: number, fields: object = {}): Method {
  const blank = METHODS.get(id)?.fields.map(({ name, domain }) => [name, BLANK[domain]]) ?? []
  return { id, ...Object.fromEntries(blank), ...fields } as Method
}

export class ScriptedServer {
  /** All frames received after the protocol header. */
  readonly frames: ReceivedFrame[] = []
  /** Fields of answers that must not be blank, by the id of the answer. */
  readonly answers = new Map<number, object>([
    [CONNECTION_TUNE, { channelMax: 2047, frameMax: 131072, heartbeat: 0 }],
  ])
  protocolHeader = Buffer.alloc(0)
  readonly #server = net.createServer((socket) => this.#accept(socket))
  #socket: net.Socket | undefined

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as net.AddressInfo).port
  }

  /** The last method of this id that came. */
  received(id: number): Method | undefined {
    return this.frames.findLast((frame) => frame.method?.id === id)?.method
  }

  close(): void {
    this.#socket?.destroy()
    this.#server.close()
  }

  send(...frames: Buffer[]): void {
    this.#socket?.write(Buffer.concat(frames))
  }

  sendMethod(channel: number, id: number, fields: object = {}): void {
    this.send(encodeMethodFrame(channel, blankMethod(id, fields)))
  }

  #accept(socket: net.Socket): void {
    this.#socket = socket
    socket.setNoDelay(true)
    const parser = new FrameParser(
      {
        onFrame: (type, channel, buffer, start, end) =>
          this.#receive(type, channel, buffer, start, end),
      },
      131072,
    )
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      const missing = PROTOCOL_HEADER.length - this.protocolHeader.length
      this.protocolHeader = Buffer.concat([this.protocolHeader, chunk.subarray(0, missing)])
      if (missing > 0 && this.protocolHeader.length === PROTOCOL_HEADER.length) {
        const mechanisms = Buffer.from('PLAIN')
        this.sendMethod(0, CONNECTION_START, { versionMinor: 9, mechanisms })
      }
      if (chunk.length > missing) parser.push(chunk.subarray(missing))
    })
  }

  #receive(type: number, channel: number, buffer: Buffer, start: number, end: number): void {
    const bytes = Buffer.from(buffer.subarray(start - 7, end + 1))
    if (type !== FRAME_METHOD) {
      this.frames.push({ type, channel, bytes })
      return
    }
    const method = decodeMethod(buffer, start, end)
    this.frames.push({ type, channel, bytes, method })
    const [answer] = METHODS.get(method.id)?.responses ?? []
    const next = NEXT_STEP.get(method.id) ?? answer
    if (next !== undefined && !('nowait' in method && method.nowait)) {
      this.sendMethod(channel, next, this.answers.get(next))
    }
  }
}
