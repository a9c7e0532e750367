// Emits methods.ts, the types of all methods, and method-table.ts, the same as data.

import { fieldType } from './domains.ts'
import { camelCase, methodConstant, methodType } from './names.ts'
import type { Spec, SpecClass, SpecMethod } from './spec.ts'

/** All methods of all classes, in the order of their ids. */
export function allMethods(spec: Spec): [SpecClass, SpecMethod][] {
  return spec.classes.flatMap((c) => c.methods.map((m): [SpecClass, SpecMethod] => [c, m]))
}

/** The import of every method constant, one a line. */
export function importMethodConstants(spec: Spec): string[] {
  const names = allMethods(spec).map(([c, m]) => `  ${methodConstant(c, m)},`)
  return ['import {', ...names.sort(), "} from './constants.ts'"]
}

export function emitMethods(spec: Spec): string {
  const methods = allMethods(spec)
  const ids = methods.map(([c, m]) => `  ${methodConstant(c, m)},`)
  const lines = [
    "import type { FieldTable } from '../field-table.ts'",
    'import type {',
    ...ids.sort(),
    "} from './constants.ts'",
  ]
  for (const [specClass, method] of methods) {
    lines.push('', `/** ${method.doc} */`)
    lines.push(`export interface ${methodType(specClass, method)} {`)
    lines.push(`  id: typeof ${methodConstant(specClass, method)}`)
    for (const { name, domain } of method.fields ?? []) {
      lines.push(`  ${camelCase(name)}: ${fieldType(domain)}`)
    }
    lines.push('}')
  }
  lines.push('', '/** Any method, told apart by its `id`. */', 'export type Method =')
  for (const [specClass, method] of methods) lines.push(`  | ${methodType(specClass, method)}`)
  return lines.join('\n')
}

export function emitMethodTable(spec: Spec): string {
  const lines = [
    "import type { MethodInfo } from '../method-info.ts'",
    ...importMethodConstants(spec),
    '',
    '/** Every method, by its id. */',
    'export const METHODS: ReadonlyMap<number, MethodInfo> = new Map<number, MethodInfo>([',
  ]
  for (const [specClass, method] of allMethods(spec)) {
    lines.push(...tableEntry(specClass, method).map((line) => `  ${line}`))
  }
  lines.push('])')
  return lines.join('\n')
}

function tableEntry(specClass: SpecClass, method: SpecMethod): string[] {
  const constant = methodConstant(specClass, method)
  const responses = (method.responses ?? []).map((name) => methodConstant(specClass, { name }))
  const fields = (method.fields ?? []).map(
    ({ name, domain }) => `      { name: '${camelCase(name)}', domain: '${domain}' },`,
  )
  return [
    '[',
    `  ${constant},`,
    '  {',
    `    id: ${constant},`,
    `    classId: ${specClass.id},`,
    `    methodId: ${method.id},`,
    `    name: '${specClass.name}.${method.name}',`,
    `    hasContent: ${method.content ?? false},`,
    ...(fields.length > 0 ? ['    fields: [', ...fields, '    ],'] : ['    fields: [],']),
    `    responses: [${responses.join(', ')}],`,
    `    sentByClient: ${method.sentBy.includes('client')},`,
    `    sentByServer: ${method.sentBy.includes('server')},`,
    '  },',
    '],',
  ]
}
