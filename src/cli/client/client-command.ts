import type { Program } from './global-options.ts'

/** One of the commands that talk to a broker which runs. */
export interface ClientCommand {
  readonly summary: string
  /** Loaded only when the command is asked for: neither it nor its library may cost the broker anything. */
  readonly load: () => Promise<CommandModule>
}

/** By their names, in the order in which help shows them. */
export type ClientCommands = ReadonlyMap<string, ClientCommand>

/** What the file of a command exports. */
interface CommandModule {
  /** Adds it to the program; `all` is for commands that are about commands. */
  readonly define: (program: Program, all: ClientCommands) => void
}
