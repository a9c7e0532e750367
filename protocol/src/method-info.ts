// The shape of the generated method table's entries.

/** What the protocol says about a method, as data. */
export interface MethodInfo {
  /** classId << 16 | methodId, as in `method.id`. */
  readonly id: number
  readonly classId: number
  readonly methodId: number
  /** As in `queue.declare`. */
  readonly name: string
  /** Whether a content header and body follow the method. */
  readonly hasContent: boolean
  /** The fields in the order of the wire, under the names they have in method objects. */
  readonly fields: readonly MethodField[]
  /** Ids of the methods that answer this one; none when it is not a request. */
  readonly responses: readonly number[]
  readonly sentByClient: boolean
  readonly sentByServer: boolean
}

export interface MethodField {
  readonly name: string
  readonly domain: FieldDomain
}

/** How the value of a method's field lies on the wire. */
export type FieldDomain =
  | 'bit'
  | 'octet'
  | 'short'
  | 'long'
  | 'longlong'
  | 'timestamp'
  | 'shortstr'
  | 'longstr'
  | 'table'
