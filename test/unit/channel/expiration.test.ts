import { expect, it } from 'vitest'
import { expirationProblem } from '../../../src/channel/expiration.ts'

it.each(['0', '1', '007', '+5', '-0', '315360000000'])('takes %j as an expiration', (text) => {
  expect(expirationProblem(text)).toBeUndefined()
})

it.each([
  ['', 'no_integer'],
  ['abc', 'no_integer'],
  [' 1', 'no_integer'],
  ['+', 'no_integer'],
  ['--1', 'no_integer'],
  ['1.5', '{leftover_string,".5"}'],
  ['10s', '{leftover_string,"s"}'],
  ['1 ', '{leftover_string," "}'],
  ['-1', '{value_negative,-1}'],
  ['315360000001', '{value_too_large,315360000001}'],
  ['99999999999999999999', '{value_too_large,99999999999999999999}'],
])('refuses %j as an expiration: %s', (text, problem) => {
  expect(expirationProblem(text)).toBe(problem)
})
