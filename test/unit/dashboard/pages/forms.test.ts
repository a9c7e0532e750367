import { describe, expect, it } from 'vitest'
import { readDefinitions } from '../../../../src/dashboard/pages/definitions/read-definitions.ts'
import { argumentsOf, rowOf } from '../../../../src/dashboard/pages/form/values.ts'

const row = (type: string, value: string) => ({ name: 'a', type, value })

describe('arguments that are filled in', () => {
  it.each([
    ['string', '12', '12'],
    ['number', '12', 12],
    ['number', '-1.5', -1.5],
    ['boolean', 'true', true],
    ['boolean', 'false', false],
    ['json', '["a",{"b":null}]', ['a', { b: null }]],
  ])('of the type %s: %s', (type, value, expected) => {
    expect(argumentsOf([row(type, value)])).toEqual({ a: expected })
  })

  it.each([
    ['number', 'x', 'a: "x" is not a number'],
    ['number', ' ', 'a: " " is not a number'],
    ['boolean', 'yes', 'a: a boolean is true or false'],
    ['json', '{', 'a: "{" is not JSON'],
  ])('are refused of the type %s: %s', (type, value, message) => {
    expect(() => argumentsOf([row(type, value)])).toThrow(message)
  })

  it('are passed over without a name', () => {
    expect(argumentsOf([{ name: '', type: 'number', value: 'x' }])).toEqual({})
  })

  it('may be called anything', () => {
    const given = argumentsOf([{ name: '__proto__', type: 'string', value: 'x' }])
    expect(JSON.stringify(given)).toBe('{"__proto__":"x"}')
  })

  it.each(['a', 12, true, null, ['a'], { b: 1 }])('come back to %j', (value) => {
    expect(argumentsOf([rowOf(['name', value])])).toEqual({ name: value })
  })
})

describe('a file of definitions', () => {
  it('is read, with a mark of the byte order and without', () => {
    expect(readDefinitions('{"users":[]}')).toEqual({ users: [] })
    expect(readDefinitions('\ufeff{"users":[]}')).toEqual({ users: [] })
  })

  it('is told apart from what is no JSON', () => {
    expect(readDefinitions('users: []')).toBeUndefined()
  })
})
