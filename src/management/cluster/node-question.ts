// How a request to this API goes to another node, and its answer back: as JSON, without passwords. Who may
// ask is for the other node to judge, which knows the same users.

import type { Answer } from '../answer.ts'
import { HttpError } from '../http-error.ts'
import type { Method } from '../route.ts'

export interface NodeQuestion {
  /** The name of who asks. */
  readonly user: string
  readonly method: Method
  /** Below `/api`, with its names encoded. */
  readonly path: string
  /** What stands in the address behind it. */
  readonly query: string
  /** What clients are told whose connections are closed. */
  readonly reason?: string | undefined
  readonly bodyText: string
}

/** What a node answers, be it that it refuses. */
export type NodeAnswer = Answer | HttpError

type Printed =
  | { readonly answer: Answer }
  | { readonly error: Pick<HttpError, 'status' | 'code' | 'message' | 'headers'> }

export const encodeQuestion = (question: NodeQuestion): Buffer =>
  Buffer.from(JSON.stringify(question))

export const decodeQuestion = (bytes: Buffer): NodeQuestion =>
  JSON.parse(bytes.toString()) as NodeQuestion

export function encodeAnswer(answer: NodeAnswer): Buffer {
  return Buffer.from(JSON.stringify(printed(answer)))
}

function printed(answer: NodeAnswer): Printed {
  if (!(answer instanceof HttpError)) return { answer }
  const { status, code, message, headers } = answer
  return { error: { status, code, message, headers } }
}

export function decodeAnswer(bytes: Buffer): NodeAnswer {
  const said = JSON.parse(bytes.toString()) as Printed
  if ('answer' in said) return said.answer
  const { status, code, message, headers } = said.error
  return new HttpError(status, code, message, headers)
}
