// What a real RabbitMQ said, kept in the tree for machines that have none: a text file a topic.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface Recording {
  /** The version of the RabbitMQ that was recorded. */
  readonly version: string
  readonly transcripts: ReadonlyMap<string, readonly string[]>
}

const HEADER = /^RabbitMQ ([\d.]+)/
const TITLE = '== '

export function readRecording(topic: string): Recording | undefined {
  const file = fileOf(topic)
  if (!existsSync(file)) return undefined
  const transcripts = new Map<string, string[]>()
  const lines = readFileSync(file, 'utf8').split('\n')
  const version = HEADER.exec(lines[0] ?? '')?.[1] ?? 'unknown'
  // What stands above the first title belongs to nothing.
  let transcript: string[] = []
  for (const line of lines) {
    if (line.startsWith(TITLE)) {
      transcript = []
      transcripts.set(line.slice(TITLE.length), transcript)
    } else if (line !== '') {
      transcript.push(line)
    }
  }
  return { version, transcripts }
}

export function writeRecording(topic: string, { version, transcripts }: Recording): void {
  const parts = [...transcripts].map(([name, lines]) => [TITLE + name, ...lines, ''].join('\n'))
  const header = `RabbitMQ ${version}, recorded by \`npm run differential:record\`.\n`
  writeFileSync(fileOf(topic), [header, ...parts].join('\n'))
}

function fileOf(topic: string): string {
  return fileURLToPath(new URL(`../recordings/${topic.replaceAll(' ', '-')}.txt`, import.meta.url))
}
