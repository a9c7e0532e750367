// Emits properties.ts: the flags and types of the basic properties, and their whole decoding and
// encoding. The lazy readers in src/content-header.ts are written by hand on top of the flags.

import { fieldType, readExpression, writeStatement } from './domains.ts'
import { camelCase, constantCase } from './names.ts'
import type { Domain, Spec, SpecProperty } from './spec.ts'

export function emitProperties(spec: Spec): string {
  const properties = spec.contentProperties.properties
  return [
    "import type { ByteReader } from '../byte-reader.ts'",
    "import type { ByteWriter } from '../byte-writer.ts'",
    "import type { FieldTable } from '../field-table.ts'",
    "import { readFieldTable } from '../field-table-decoder.ts'",
    "import { writeFieldTable } from '../field-table-encoder.ts'",
    '',
    ...flags(properties),
    '',
    ...propertiesOfDomain(properties, 'shortstr'),
    ...propertiesOfDomain(properties, 'octet'),
    '',
    '/** The properties of a message. Absent ones are left out. */',
    'export interface BasicProperties {',
    ...properties.flatMap(({ name, domain, doc }) => [
      `  /** ${doc} */`,
      `  ${camelCase(name)}?: ${fieldType(domain)}`,
    ]),
    '}',
    '',
    ...decoder(properties),
    '',
    ...encoder(properties),
  ].join('\n')
}

function flagName(property: SpecProperty): string {
  return `PROPERTY_${constantCase(property.name)}`
}

function flags(properties: SpecProperty[]): string[] {
  return properties.map((p) => {
    const mask = (1 << p.flagBit).toString(16).padStart(4, '0')
    return `export const ${flagName(p)} = 0x${mask}`
  })
}

function propertiesOfDomain(properties: SpecProperty[], domain: Domain): string[] {
  const mask = properties
    .filter((p) => p.domain === domain)
    .reduce((sum, p) => sum | (1 << p.flagBit), 0)
  return [
    `/** The flags of all properties that are a ${domain}. */`,
    `export const ${domain.toUpperCase()}_PROPERTIES = 0x${mask.toString(16).padStart(4, '0')}`,
  ]
}

function decoder(properties: SpecProperty[]): string[] {
  return [
    '/** Decodes the properties whose flags are set. */',
    'export function decodePropertyList(flags: number, reader: ByteReader): BasicProperties {',
    '  const properties: BasicProperties = {}',
    ...properties.map((p) => {
      const target = `properties.${camelCase(p.name)}`
      return `  if (flags & ${flagName(p)}) ${target} = ${readExpression(p.domain)}`
    }),
    '  return properties',
    '}',
  ]
}

function encoder(properties: SpecProperty[]): string[] {
  return [
    '/** Appends the properties that are there, and returns their flags. */',
    'export function encodePropertyList(properties: BasicProperties, writer: ByteWriter): number {',
    '  let flags = 0',
    ...properties.flatMap((p) => {
      const value = `properties.${camelCase(p.name)}`
      return [
        `  if (${value} !== undefined) {`,
        `    flags |= ${flagName(p)}`,
        `    ${writeStatement(p.domain, value)}`,
        '  }',
      ]
    }),
    '  return flags',
    '}',
  ]
}
