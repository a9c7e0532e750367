// Emits method-decoders.ts and method-encoders.ts: straight-line code for every method, so that
// each method has one object shape, with its fields in the order of the spec.

import { readExpression, writeStatement } from './domains.ts'
import { importMethodConstants } from './emit-methods.ts'
import { camelCase, constantCase, methodConstant, pascalCase } from './names.ts'
import type { Domain, Spec, SpecClass, SpecField, SpecMethod } from './spec.ts'

export function emitMethodDecoders(spec: Spec): string {
  const lines = [
    "import type { ByteReader } from '../byte-reader.ts'",
    "import { readFieldTable } from '../field-table-decoder.ts'",
    ...importConstants(spec),
    "import type { Method } from './methods.ts'",
    '',
    '/** Decodes the fields of a method, or gives undefined when nothing has this id. */',
    'export function decodeMethodFields(id: number, reader: ByteReader): Method | undefined {',
    '  switch (id >>> 16) {',
  ]
  for (const { name } of spec.classes) {
    lines.push(`    case CLASS_${constantCase(name)}:`)
    lines.push(`      return decode${pascalCase(name)}(id, reader)`)
  }
  lines.push('    default:', '      return undefined', '  }', '}')
  for (const specClass of spec.classes) lines.push('', ...decoderOfClass(specClass))
  return lines.join('\n')
}

function decoderOfClass(specClass: SpecClass): string[] {
  const name = `decode${pascalCase(specClass.name)}`
  const usesReader = specClass.methods.some((m) => m.fields)
  const parameters = `id: number, ${usesReader ? 'reader' : '_reader'}: ByteReader`
  const lines = [`function ${name}(${parameters}): Method | undefined {`, '  switch (id) {']
  for (const method of specClass.methods) {
    const constant = methodConstant(specClass, method)
    lines.push(`    case ${constant}:`, ...decodedObject(constant, method))
  }
  return [...lines, '    default:', '      return undefined', '  }', '}']
}

function decodedObject(constant: string, method: SpecMethod): string[] {
  if (!method.fields) return [`      return { id: ${constant} }`]
  let bitPlace = -1
  const fields = method.fields.map(({ name, domain }) => {
    bitPlace = domain === 'bit' ? bitPlace + 1 : -1
    return `        ${camelCase(name)}: ${readField(method, domain, bitPlace)},`
  })
  return ['      return {', `        id: ${constant},`, ...fields, '      }']
}

function readField(method: SpecMethod, domain: Domain, bitPlace: number): string {
  if (domain === 'bit') return `reader.bit(${bitPlace})`
  // As in RabbitMQ, only methods that bring content may carry strings that are not UTF-8.
  if (domain === 'shortstr' && !method.content) return 'reader.utf8Shortstr()'
  return readExpression(domain)
}

export function emitMethodEncoders(spec: Spec): string {
  const lines = [
    "import type { ByteWriter } from '../byte-writer.ts'",
    "import { writeFieldTable } from '../field-table-encoder.ts'",
    ...importConstants(spec),
    "import type { Method } from './methods.ts'",
    '',
    '/** Appends the fields of a method. Returns false when nothing has its id. */',
    'export function encodeMethodFields(method: Method, writer: ByteWriter): boolean {',
    '  switch (method.id >>> 16) {',
  ]
  for (const { name } of spec.classes) {
    lines.push(`    case CLASS_${constantCase(name)}:`)
    lines.push(`      return encode${pascalCase(name)}(method, writer)`)
  }
  lines.push('    default:', '      return false', '  }', '}')
  for (const specClass of spec.classes) lines.push('', ...encoderOfClass(specClass))
  return lines.join('\n')
}

function encoderOfClass(specClass: SpecClass): string[] {
  const name = `encode${pascalCase(specClass.name)}`
  const usesWriter = specClass.methods.some((m) => m.fields)
  const parameters = `method: Method, ${usesWriter ? 'writer' : '_writer'}: ByteWriter`
  const lines = [`function ${name}(${parameters}): boolean {`, '  switch (method.id) {']
  for (const method of specClass.methods) {
    lines.push(`    case ${methodConstant(specClass, method)}:`)
    lines.push(...writtenFields(method.fields ?? []), '      return true')
  }
  return [...lines, '    default:', '      return false', '  }', '}']
}

function writtenFields(fields: SpecField[]): string[] {
  const lines: string[] = []
  let bits: string[] = []
  const flushBits = (): void => {
    if (bits.length > 0) lines.push(`      writer.bits(${bits.join(', ')})`)
    bits = []
  }
  for (const { name, domain } of fields) {
    const value = `method.${camelCase(name)}`
    if (domain === 'bit') {
      bits.push(value)
      continue
    }
    flushBits()
    lines.push(`      ${writeStatement(domain, value)}`)
  }
  flushBits()
  return lines
}

function importConstants(spec: Spec): string[] {
  const [open = '', ...rest] = importMethodConstants(spec)
  const close = rest.pop() ?? ''
  const classes = spec.classes.map((c) => `  CLASS_${constantCase(c.name)},`)
  return [open, ...[...rest, ...classes].sort(), close]
}
