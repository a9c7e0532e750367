// A shell at a terminal, where somebody types. Its function keys do what a test needs besides: F5 takes all
// words that there are, and F6 tells what stands in the line by now, and empties it.

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Program } from '../support/program.ts'

export const TAB = '\t'
export const ALL_WORDS = '\u001b[15~'
const TELL_LINE = '\u001b[17~'

const PROMPT = 'ready>'

interface ShellKind {
  /** Where the script for this shell goes, in the home directory. */
  readonly script: string
  /** What the shell begins with, by its path in the home directory. */
  readonly settings: readonly [path: string, text: string]
}

const BASH: ShellKind = {
  script: '.leveret-completion',
  settings: [
    '.bashrc',
    String.raw`
source ~/.leveret-completion
bind '"\e[15~": insert-completions'
bind -x '"\e[17~": printf "\nline:%s|\n" "$READLINE_LINE"; READLINE_LINE='
PS1='${PROMPT}\n'
`,
  ],
}

const ZSH: ShellKind = {
  script: 'functions/_leveret',
  settings: [
    '.zshrc',
    String.raw`
fpath=(~/functions $fpath)
autoload -Uz compinit
compinit -u -D
all-words() { _main_complete; compstate[insert]=all }
zle -C all-words complete-word all-words
bindkey '\e[15~' all-words
tell-line() { printf '\nline:%s|\n' "$BUFFER"; BUFFER= }
zle -N tell-line
bindkey '\e[17~' tell-line
PS1=$'${PROMPT}\n'
`,
  ],
}

const FISH: ShellKind = {
  script: '.config/fish/completions/leveret.fish',
  settings: [
    '.config/fish/config.fish',
    String.raw`
function all_words
    set -l found (complete -C (commandline -cp) | string replace -r '\t.*' '')
    commandline -t -- (string escape --no-quoted -- $found | string join ' ')' '
end
function tell_line
    printf '\nline:%s|\n' (commandline)
    commandline ''
end
function fish_prompt
    printf '${PROMPT}\n'
end
bind \e\[15~ all_words
bind \e\[17~ tell_line
`,
  ],
}

export const SHELLS = { bash: BASH, zsh: ZSH, fish: FISH } as const

export type ShellName = keyof typeof SHELLS

export interface ShellOptions {
  /** An empty directory. */
  readonly home: string
  /** For completion, as `leveret completion SHELL` prints it. */
  readonly script: string
  readonly environment: Readonly<Record<string, string>>
}

export class Shell {
  readonly #program: Program

  /** With the script where the documentation says, when its prompt is there. */
  static async start(name: ShellName, options: ShellOptions): Promise<Shell> {
    const { home, script, environment } = options
    const { settings, script: scriptPath } = SHELLS[name]
    for (const [path, text] of [settings, [scriptPath, script]] as const) {
      mkdirSync(dirname(join(home, path)), { recursive: true })
      writeFileSync(join(home, path), text)
    }
    const all = { HOME: home, TERM: 'xterm', LC_ALL: 'C.UTF-8', ...environment }
    const variables = Object.entries(all).map(([key, value]) => `${key}=${value}`)
    const unset = ['ZDOTDIR', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME'].flatMap((key) => ['-u', key])
    const terminal = ['script', '--quiet', '--flush', '--command', `${name} -i`, '/dev/null']
    const command = ['env', '-C', home, ...unset, ...variables, ...terminal]
    const shell = new Shell(new Program(command, { outlivesTest: true }))
    await shell.#line(new RegExp(PROMPT))
    return shell
  }

  private constructor(program: Program) {
    this.#program = program
  }

  /** What stands in the line when somebody has pressed these keys. */
  async lineAfter(keys: string): Promise<string> {
    this.#program.type(keys + TELL_LINE)
    const [, line = ''] = await this.#line(/line:(.*)\|/)
    return line
  }

  close(): Promise<void> {
    return this.#program.kill()
  }

  /** The next line of the terminal that is like this. */
  async #line(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(await this.#program.line())
      if (found !== null) return found
    }
  }
}
