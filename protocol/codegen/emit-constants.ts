// Emits constants.ts: frame types, class ids, method ids; and reply-codes.ts.

import { constantCase, methodConstant, methodIdLiteral } from './names.ts'
import type { Spec } from './spec.ts'

export function emitConstants(spec: Spec): string {
  const { major, minor, revision } = spec.version
  const lines = [
    `export const VERSION_MAJOR = ${major}`,
    `export const VERSION_MINOR = ${minor}`,
    `export const VERSION_REVISION = ${revision}`,
    '',
    '/** The port registered for the protocol. */',
    `export const DEFAULT_PORT = ${spec.port}`,
    '',
  ]
  for (const { name, value, doc } of spec.frames) {
    lines.push(`/** ${doc} */`, `export const ${name} = ${value}`)
  }
  lines.push('')
  for (const specClass of spec.classes) {
    lines.push(`/** ${specClass.doc} */`)
    lines.push(`export const CLASS_${constantCase(specClass.name)} = ${specClass.id}`)
  }
  for (const specClass of spec.classes) {
    lines.push('')
    for (const method of specClass.methods) {
      const value = methodIdLiteral(specClass, method)
      lines.push(`export const ${methodConstant(specClass, method)} = ${value}`)
    }
  }
  return lines.join('\n')
}

export function emitReplyCodes(spec: Spec): string {
  const lines: string[] = []
  for (const { name, code, doc } of spec.replyCodes) {
    lines.push(`/** ${doc} */`, `export const ${name} = ${code}`)
  }
  lines.push(
    '',
    '/** What a reply code is called, and whether it closes the connection (hard) or the channel. */',
    'export interface ReplyCode {',
    '  readonly name: string',
    '  readonly hard: boolean',
    '}',
    '',
    'export const REPLY_CODES: ReadonlyMap<number, ReplyCode> = new Map([',
  )
  for (const { name, closes } of spec.replyCodes) {
    lines.push(`  [${name}, { name: '${name}', hard: ${closes === 'connection'} }],`)
  }
  lines.push('])')
  return lines.join('\n')
}
