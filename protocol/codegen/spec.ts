// The shape of spec/amqp-0-9-1.json, and the checks that make a typing slip there fail the
// generator instead of a client.

import { readFileSync } from 'node:fs'

/** How a value lies on the wire. */
export const DOMAINS = [
  'bit',
  'octet',
  'short',
  'long',
  'longlong',
  'timestamp',
  'shortstr',
  'longstr',
  'table',
] as const

export type Domain = (typeof DOMAINS)[number]

export interface SpecField {
  name: string
  domain: Domain
}

export interface SpecMethod {
  id: number
  name: string
  sentBy: ('client' | 'server')[]
  extension?: string
  content?: boolean
  doc: string
  responses?: string[]
  fields?: SpecField[]
}

export interface SpecClass {
  id: number
  name: string
  extension?: string
  doc: string
  methods: SpecMethod[]
}

export interface SpecProperty extends SpecField {
  flagBit: number
  doc: string
}

export interface Spec {
  protocol: string
  version: { major: number; minor: number; revision: number }
  port: number
  frames: { name: string; value: number; doc: string }[]
  replyCodes: { code: number; name: string; closes?: 'channel' | 'connection'; doc: string }[]
  classes: SpecClass[]
  contentProperties: { class: string; properties: SpecProperty[] }
}

/** Reads the table and checks what the generators rely on. */
export function loadSpec(file: URL): Spec {
  const spec = JSON.parse(readFileSync(file, 'utf8')) as Spec
  distinct(
    'class ids',
    spec.classes.map((c) => c.id),
  )
  distinct(
    'reply codes',
    spec.replyCodes.map((r) => r.code),
  )
  for (const specClass of spec.classes) checkClass(specClass)
  spec.contentProperties.properties.forEach((property, index) => {
    checkDomain(property)
    // The walk over a header meets properties in the order of falling flag bits.
    if (property.flagBit !== 15 - index) throw new Error(`${property.name}: unexpected flag bit`)
  })
  return spec
}

function checkClass(specClass: SpecClass): void {
  const methods = specClass.methods
  distinct(
    `method ids of ${specClass.name}`,
    methods.map((m) => m.id),
  )
  for (const method of methods) {
    const where = `${specClass.name}.${method.name}`
    distinct(`fields of ${where}`, method.fields?.map((f) => f.name) ?? [])
    method.fields?.forEach(checkDomain)
    for (const response of method.responses ?? []) {
      if (!methods.some((m) => m.name === response)) throw new Error(`${where}: no ${response}`)
    }
  }
}

function checkDomain(field: SpecField): void {
  if (!DOMAINS.includes(field.domain)) throw new Error(`${field.name}: domain ${field.domain}`)
}

function distinct(what: string, values: (string | number)[]): void {
  if (new Set(values).size !== values.length) throw new Error(`${what} are not distinct`)
}
