/** So many are remembered: what is read from, and the few that are written to meanwhile. */
const REMEMBERED = 8
/** Nothing larger is kept alive for that. */
const LARGEST_MEMORY = 2 * 1024 * 1024

const NONE: Buffer = Buffer.alloc(0)
const buffers: Buffer[] = new Array<Buffer>(REMEMBERED).fill(NONE)
const views: DataView[] = new Array<DataView>(REMEMBERED).fill(viewOf(NONE))
let next = 0

/**
 * A view of a buffer's words. It is the same one for a buffer that was asked for lately, which also lives until
 * some others have been: messages come and go in a few buffers, many in each.
 */
export function wordsOf(buffer: Buffer): DataView {
  for (let index = 0; index < REMEMBERED; index++) {
    if (buffers[index] === buffer) return views[index] as DataView
  }
  const view = viewOf(buffer)
  if (view.buffer.byteLength > LARGEST_MEMORY) return view
  buffers[next] = buffer
  views[next] = view
  next = (next + 1) % REMEMBERED
  return view
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length)
}
