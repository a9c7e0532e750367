import { type HttpError, httpErrorOf } from '../../management/http-error.ts'

/** What bull-board can answer with: it knows no others. */
const STATUSES = [400, 403, 404, 405, 409, 500]

/** Why something was not done, for bull-board to show. */
export class BoardError extends Error {
  override readonly name = 'BoardError'
  readonly statusCode: number

  constructor(statusCode: number, reason: string) {
    super(reason)
    this.statusCode = statusCode
  }
}

/** What any part of the broker throws, as bull-board shows it; what nobody should throw as it is. */
export function boardErrorOf(thrown: unknown): unknown {
  const error = httpErrorOf(thrown)
  if (error === undefined) return thrown
  return new BoardError(statusOf(error), error.message)
}

/** Who asks is known by now, so that 401 is about what they may do. */
function statusOf({ status }: HttpError): number {
  if (status === 401) return 403
  return STATUSES.includes(status) ? status : 400
}
