import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'

/** A user and a network namespace of one's own are what is needed to cut a machine off. */
export function whyNoNetworks(): string | undefined {
  try {
    execFileSync('unshare', ['--net', 'ip', 'link', 'show'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'no network namespaces here'
  }
}

/** From 198.18.0.0/15, which is for tests of networks. */
const addressOf = (lan: number, host: number): string => `198.18.${lan}.${host}`
const HOSTS_A_LINK = 4
/** Before them come the addresses of servers that all nodes reach. */
const FIRST_HOST = 8

/**
 * A machine of its own for a process, as far as the network goes: a namespace with a link to clients and
 * one to the NATS servers, which can be cut without a sign to either side. It is gone with the process.
 */
export class NodeNetwork {
  /** Where clients find the process. */
  readonly host: string
  readonly #lan: number
  readonly #links: readonly Link[]

  /** `lan` is that of all nodes together, and from 0 to 255; `number` begins with 0. */
  constructor(lan: number, number: number) {
    this.#lan = lan
    this.#links = ['c', 'n'].map((purpose, index) => {
      const first = FIRST_HOST + (number * 2 + index) * HOSTS_A_LINK
      const [outside, inside] = [addressOf(lan, first + 1), addressOf(lan, first + 2)]
      return { name: `lv${lan}-${number}${purpose}`, outside, inside }
    })
    this.host = this.#clientLink.inside
  }

  /** Runs that command in the namespace, once `connect` has made the links. */
  wrap(command: readonly string[]): string[] {
    const script = 'echo; read -r go; exec "$@"'
    return ['unshare', '--net', 'sh', '-c', script, 'sh', ...command]
  }

  /** The process has been started by a wrapped command, and has not written or read anything yet. */
  async connect({ pid, stdin, stdout }: ChildProcess): Promise<void> {
    if (stdin === null || stdout === null) throw new Error('it has no pipes')
    await once(stdout, 'readable')
    stdout.read()
    for (const { name, outside, inside } of this.#links) {
      const peer = `${name}p`
      ip('link', 'add', name, 'type', 'veth', 'peer', 'name', peer, 'netns', String(pid))
      ip('addr', 'add', `${outside}/30`, 'dev', name)
      ip('link', 'set', name, 'up')
      const within = (...args: string[]): void =>
        run('nsenter', '-t', String(pid), '-n', 'ip', ...args)
      within('addr', 'add', `${inside}/30`, 'dev', peer)
      within('link', 'set', peer, 'up')
      within('link', 'set', 'lo', 'up')
      if (name === this.#natsLink.name) {
        within('route', 'add', `${serversAddress(this.#lan)}/32`, 'via', outside)
      }
    }
    stdin.end('\n')
  }

  /** Nothing comes to the NATS servers any more, or from them. */
  cut(): void {
    ip('link', 'set', this.#natsLink.name, 'down')
  }

  heal(): void {
    ip('link', 'set', this.#natsLink.name, 'up')
  }

  get #clientLink(): Link {
    return this.#links[0] as Link
  }

  get #natsLink(): Link {
    return this.#links[1] as Link
  }
}

interface Link {
  readonly name: string
  readonly outside: string
  readonly inside: string
}

/** Where servers are to listen that all nodes of a LAN shall reach. */
export const serversAddress = (lan: number): string => addressOf(lan, 1)

/** Makes that address one of this machine, and gives what takes it away again. */
export function addServersAddress(lan: number): () => void {
  const address = [`${serversAddress(lan)}/32`, 'dev', 'lo']
  ip('addr', 'add', ...address)
  return () => ip('addr', 'del', ...address)
}

const ip = (...args: string[]): void => run('ip', ...args)

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
