import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { CommandError, usageError } from './exit-code.ts'

/** Asks for a password on the terminal, where it is not shown. Undefined where there is no terminal. */
export async function askForSecret(question: string): Promise<string | undefined> {
  const { stdin, stderr } = process
  if (!stdin.isTTY) return undefined
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: stdin, output: nowhere, terminal: true })
  stderr.write(question)
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('close', () => reject(new CommandError('interrupted', 'interrupted')))
      lines.question('').then(resolve, reject)
    })
  } finally {
    stderr.write('\n')
    lines.close()
  }
}

/** All of standard input, without the end of its last line. */
export async function secretFromInput(): Promise<string> {
  return (await text(process.stdin)).replace(/\r?\n$/, '')
}

/** The password that is known of a user, or the one that the terminal is asked for. Throws where there is none. */
export async function passwordOf(login: {
  readonly user: string
  readonly password: string | undefined
}): Promise<string> {
  const { user } = login
  const password = login.password ?? (await askForSecret(`Password of ${JSON.stringify(user)}: `))
  if (password === undefined) throw usageError(`no password of "${user}": set LEVERET_PASSWORD`)
  return password
}
