import type { IncomingMessage } from 'node:http'
import { badRequest } from './http-error.ts'

/** The whole body as text. Throws 400 when it is larger than the limit, before all of it has come. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<string> {
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > limitBytes) throw tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limitBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const tooLarge = (): Error => badRequest('Exceeded HTTP request body size limit')
