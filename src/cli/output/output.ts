import { styleText } from 'node:util'
import { type Column, withColumns } from './columns.ts'
import { harmless, harmlessJson } from './harmless.ts'
import { tabbedLines, tableLines } from './table.ts'

/** What this file needs of `process.stdout` and `process.stderr`. */
export interface Terminal {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  hasColors?(): boolean
  write(text: string | Uint8Array): boolean
}

export interface OutputOptions {
  readonly stdout: Terminal
  readonly stderr: Terminal
  /** JSON is asked for. */
  readonly isJson: boolean
}

/** What a command shows, in words and in JSON. */
export interface Shown {
  readonly lines: readonly string[]
  readonly json: unknown
}

const DEFAULT_WIDTH = 80

/**
 * What commands print: data on standard output, as tables for a terminal, as lines with tabs or as JSON for
 * programs; all else on standard error.
 */
export class Output {
  readonly isJson: boolean
  readonly #stdout: Terminal
  readonly #stderr: Terminal

  constructor({ stdout, stderr, isJson }: OutputOptions) {
    this.#stdout = stdout
    this.#stderr = stderr
    this.isJson = isJson
  }

  /** Whether a person is looking at standard output. */
  get isTerminal(): boolean {
    return this.#stdout.isTTY === true
  }

  /** A table of things. JSON has all of them, or the columns that were chosen. */
  table(columns: readonly Column[], items: readonly unknown[], isChosen = false): Shown {
    const json = isChosen ? items.map((item) => withColumns(item, columns)) : items
    if (this.isJson) return { lines: [], json }
    if (!this.isTerminal) return { lines: tabbedLines(columns, items), json }
    const heading = (text: string): string => (this.#hasColors ? styleText('bold', text) : text)
    const width = this.#stdout.columns || DEFAULT_WIDTH
    return { lines: tableLines(columns, items, { width, heading }), json }
  }

  show(shown: Shown): void {
    this.#stdout.write(this.textOf(shown))
  }

  textOf({ lines, json }: Shown): string {
    return this.isJson ? `${this.#jsonText(json)}\n` : lines.map((line) => `${line}\n`).join('')
  }

  /** What a command did: a sentence for people, on standard error; the same as JSON for programs. */
  done(sentence: string, json: unknown): void {
    if (this.isJson) this.show({ lines: [], json })
    else this.note(sentence)
  }

  /** Something to know that is no data. */
  note(sentence: string): void {
    this.#stderr.write(`${harmless(sentence)}\n`)
  }

  /** As it is to a program; with nothing in it that a terminal would obey to a terminal. */
  raw(bytes: Uint8Array): void {
    if (!this.isTerminal) this.#stdout.write(bytes)
    else
      this.#stdout.write(
        `${new TextDecoder().decode(bytes).split('\n').map(harmless).join('\n')}\n`,
      )
  }

  /** In one line for programs, which may want one line for each time that something is watched. */
  #jsonText(value: unknown): string {
    const text = JSON.stringify(value, null, this.isTerminal ? 2 : 0)
    return harmlessJson(text)
  }

  get #hasColors(): boolean {
    return this.#stdout.hasColors?.() ?? false
  }
}
