// How names of the spec are spelled in TypeScript.

import type { SpecClass, SpecMethod } from './spec.ts'

/** `delivery-tag` → `deliveryTag` */
export function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}

/** `delivery-tag` → `DeliveryTag` */
export function pascalCase(name: string): string {
  return camelCase(`-${name}`)
}

/** `delivery-tag` → `DELIVERY_TAG` */
export function constantCase(name: string): string {
  return name.replaceAll('-', '_').toUpperCase()
}

/** `BASIC_GET_OK` */
export function methodConstant(specClass: SpecClass, method: { name: string }): string {
  return constantCase(`${specClass.name}-${method.name}`)
}

/** `BasicGetOk` */
export function methodType(specClass: SpecClass, method: SpecMethod): string {
  return pascalCase(`${specClass.name}-${method.name}`)
}

/** `0x003c0047` */
export function methodIdLiteral(specClass: SpecClass, method: SpecMethod): string {
  return `0x${((specClass.id << 16) | method.id).toString(16).padStart(8, '0')}`
}
