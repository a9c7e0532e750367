import { Output } from '../output/output.ts'
import { Progress } from '../output/progress.ts'
import { Api } from './api.ts'
import { CommandError } from './exit-code.ts'
import type { GlobalOptions } from './global-options.ts'
import { passwordOf } from './secret.ts'
import { resolveTarget, variable } from './target.ts'

/** The virtual host that everybody has. */
const DEFAULT_VHOST = '/'

interface SessionParts {
  readonly api: Api
  readonly output: Output
  readonly progress: Progress
  readonly vhost: string | undefined
}

/** What a command works with: the broker, and where to print. */
export class Session {
  readonly api: Api
  readonly output: Output
  readonly progress: Progress
  /** As it was asked for; undefined stands for all, where a command is about several. */
  readonly chosenVhost: string | undefined

  constructor({ api, output, progress, vhost }: SessionParts) {
    this.api = api
    this.output = output
    this.progress = progress
    this.chosenVhost = vhost
  }

  get vhost(): string {
    return this.chosenVhost ?? DEFAULT_VHOST
  }

  /**
   * Asks for something that only Leveret has, and says so where another broker does not.
   *
   * @throws CommandError
   */
  async ownEndpoint<Body>(what: string, ask: () => Promise<Body>): Promise<Body> {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof CommandError) || !(await this.#isForeign())) throw error
      if (error.outcome !== 'notFound' && error.outcome !== 'failed') throw error
      throw new CommandError('unsupported', `${what} needs Leveret, and this broker is another`)
    }
  }

  async #isForeign(): Promise<boolean> {
    // The name of the product can be configured; what it runs on cannot.
    const overview = await this.api.get<{ readonly erlang_full_version?: string }>('/overview')
    return !overview.erlang_full_version?.startsWith('Node.js')
  }
}

/** The one command of this process asks for its session with the options that it was given. */
export async function openSession(options: GlobalOptions): Promise<Session> {
  const { stdout, stderr, env } = process
  const target = resolveTarget(options, env)
  const password = await passwordOf(target)
  return new Session({
    api: new Api({ target: { ...target, password }, timeoutSec: options.timeout }),
    output: new Output({ stdout, stderr, isJson: options.json ?? false }),
    progress: new Progress(stderr),
    vhost: options.vhost ?? variable(env, 'LEVERET_VHOST'),
  })
}
