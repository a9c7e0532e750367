import { setTimeout as sleep } from 'node:timers/promises'
import type { Output, Shown, Terminal } from './output.ts'
import { cutToWidth } from './text-width.ts'

const HOME = '\u001b[H'
const CLEAR_REST_OF_LINE = '\u001b[K'
const CLEAR_REST = '\u001b[J'
const HIDE_CURSOR = '\u001b[?25l'
const SHOW_CURSOR = '\u001b[?25h'
const CLEAR_SCREEN = `${HOME}${CLEAR_REST}`

/** How often, unless it is said. */
const DEFAULT_SEC = 2

/**
 * Shows something, and again and again when it is watched: in one place of a terminal. Ctrl-C ends that,
 * and is no failure.
 *
 * @param watch every so many seconds; true for the default, undefined for once
 */
export async function showWatched(
  output: Output,
  watch: number | true | undefined,
  take: () => Promise<Shown>,
): Promise<void> {
  if (watch === undefined) return output.show(await take())
  const stopping = new AbortController()
  process.once('SIGINT', () => stopping.abort())
  const everySec = watch === true ? DEFAULT_SEC : watch
  const series = repeated(everySec, stopping.signal, take)
  if (output.isTerminal) return showInPlace(output, process.stdout, series)
  for await (const shown of series) output.show(shown)
}

async function showInPlace(
  output: Output,
  stdout: Terminal,
  series: AsyncIterable<Shown>,
): Promise<void> {
  stdout.write(HIDE_CURSOR + CLEAR_SCREEN)
  try {
    for await (const shown of series) stdout.write(screen(output.textOf(shown), stdout))
  } finally {
    stdout.write(SHOW_CURSOR)
  }
}

async function* repeated(
  everySec: number,
  signal: AbortSignal,
  take: () => Promise<Shown>,
): AsyncGenerator<Shown> {
  while (!signal.aborted) {
    const shown = await take()
    if (!signal.aborted) yield shown
    await sleep(everySec * 1000, undefined, { signal }).catch(() => {})
  }
}

/** Over what was there before, without a flicker; what does not fit is told in the last line. */
function screen(text: string, { rows = 24, columns = 80 }: Terminal): string {
  const lines = text.trimEnd().split('\n')
  const fitting = lines.length < rows ? lines : lines.slice(0, rows - 2)
  const left = lines.length - fitting.length
  const shown = left === 0 ? fitting : [...fitting, cutToWidth(`… and ${left} more`, columns)]
  return HOME + shown.map((line) => `${line}${CLEAR_REST_OF_LINE}\n`).join('') + CLEAR_REST
}
