import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** They take no more than this, or one answer more. */
const MAX_BYTES = 128 * 1024 * 1024

/** Answers that wait until those who asked for them read them: they may not do so. */
export class UnreadAnswers {
  readonly #timeoutMs: number
  readonly #sockets = new Set<Socket>()

  /** Who takes nothing of an answer for that long gets no more of it. */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /** In memory. */
  get bytes(): number {
    let bytes = 0
    for (const { writableLength } of this.#sockets) bytes += writableLength
    return bytes
  }

  /** Keeps watch of an answer to come; or refuses it, when there are too many. */
  admit(response: ServerResponse): boolean {
    if (this.bytes > MAX_BYTES) {
      response.writeHead(503, { connection: 'close', 'retry-after': '5' }).end()
      return false
    }
    const { socket } = response
    if (socket !== null && !this.#sockets.has(socket)) {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    }
    // Until it is all there, who asked can do nothing but wait.
    response.once('prefinish', () => {
      if (response.writableFinished) return
      response.setTimeout(this.#timeoutMs, () => response.destroy())
    })
    return true
  }
}
