/** What a handler answers. */
export interface Answer {
  readonly status: number
  /** Printed as JSON, unless there is none. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Whether the body is a list that the client may sort, cut into pages, and take columns of. */
  readonly isList?: true
}

export const NO_CONTENT: Answer = { status: 204 }

export const found = (body: unknown): Answer => ({ status: 200, body })

export const list = (body: readonly object[]): Answer => ({ status: 200, body, isList: true })

/** What `PUT` answers: whether the thing is new. */
export const put = (isNew: boolean): Answer => ({ status: isNew ? 201 : 204 })
