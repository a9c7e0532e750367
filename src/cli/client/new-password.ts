import { CommandError, usageError } from './exit-code.ts'
import { askForSecret, secretFromInput } from './secret.ts'

/**
 * The password that a user is to have: from LEVERET_NEW_PASSWORD, else asked for twice on a terminal, else
 * what standard input has. Never from an argument, which everybody on the machine can see.
 */
export async function newPassword(user: string): Promise<string> {
  const given = process.env['LEVERET_NEW_PASSWORD'] || (await asked(user)) || ''
  if (given === '') throw usageError('the new password is empty')
  return given
}

async function asked(user: string): Promise<string> {
  const first = await askForSecret(`New password of ${JSON.stringify(user)}: `)
  if (first === undefined) return secretFromInput()
  if (first === (await askForSecret('Once more: '))) return first
  throw new CommandError('failed', 'the two passwords differ')
}
