import { createContext, Script } from 'node:vm'

/*
 * Regular expressions that administrators write and names are matched with: of policies and
 * permissions. RabbitMQ has Perl's, of which JavaScript has most. What means something else here is
 * rewritten or refused, rather than matching other names than it was meant to.
 */

/** What is wrong with a pattern, in the words of Perl's library, and where. */
export class PatternError extends Error {
  readonly reason: string
  readonly position: number

  constructor(reason: string, position: number) {
    super(`${reason} at ${position}`)
    this.reason = reason
    this.position = position
  }
}

/** How long a match may take. RabbitMQ, too, gives up at a limit, and takes it for no match. */
const LIMIT_MS = 20
/** The same for a pattern that has come to that limit before: there may be thousands of names. */
const NEXT_LIMIT_MS = 5
/** Whoever asks waits for all of them, and everybody else with him: then it is no match at once. */
const MAX_TIMEOUTS = 10

/** On a machine that is busy with others the time may pass before the match has begun: it is tried again. */
const MAX_ATTEMPTS = 5
/** So much of a millisecond has to be spent here for it to count. */
const LEAST_USE_US = 500

/** Matches anywhere in a name unless it is anchored. */
export class NamePattern {
  readonly #pattern: RegExp
  readonly #isSimple: boolean
  #timeouts = 0

  /** Throws PatternError. */
  constructor(source: string) {
    this.#pattern = compile(source)
    this.#isSimple = isSimple(this.#pattern.source)
  }

  matches(name: string): boolean {
    if (this.#isSimple) return this.#pattern.test(name)
    if (this.#timeouts === MAX_TIMEOUTS) return false
    const limitMs = this.#timeouts === 0 ? LIMIT_MS : NEXT_LIMIT_MS
    const found = matchesInTime(this.#pattern, name, limitMs)
    if (found === undefined) this.#timeouts++
    return found === true
  }

  /** Whether it took too long at least once, and so may match more than was said. */
  get hasGivenUp(): boolean {
    return this.#timeouts > 0
  }
}

/**
 * Whether no name can keep the pattern busy for long: few parts are repeated, and there is one group at
 * most, which is not. Nearly all patterns that people write are so. What a second group matches in two ways
 * doubles the ways of the first, and so on.
 */
function isSimple(source: string): boolean {
  const bare = source
    .replaceAll(/\\./gs, 'x')
    .replaceAll(/\[[^\]]*\]/g, 'x')
    .replaceAll(/\(\?/g, '(')
  if (/\)[*+{?]/.test(bare) || bare.split('(').length > 2) return false
  // Where it has to be at the beginning, it is tried from there only.
  const limit = bare.startsWith('^') && !bare.includes('|') ? 3 : 2
  return (bare.match(/[*+?]|\{\d/g) ?? []).length <= limit
}

/** Only code in a context of its own can be interrupted. Undefined when it was. */
function matchesInTime(pattern: RegExp, name: string, limitMs: number): boolean | undefined {
  interruptible ??= new Interruptible()
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const before = process.cpuUsage()
    try {
      return interruptible.matches(pattern, name, limitMs)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    }
    const { user, system } = process.cpuUsage(before)
    if (user + system > limitMs * LEAST_USE_US) break
  }
  return undefined
}

/** Made when it is needed first: most brokers never have such a pattern. */
let interruptible: Interruptible | undefined

class Interruptible {
  readonly #globals: { pattern: RegExp; name: string } = { pattern: /(?:)/, name: '' }
  readonly #context = createContext(this.#globals)
  readonly #script = new Script('pattern.test(name)')

  /** Throws ERR_SCRIPT_EXECUTION_TIMEOUT. */
  matches(pattern: RegExp, name: string, limitMs: number): boolean {
    this.#globals.pattern = pattern
    this.#globals.name = name
    return this.#script.runInContext(this.#context, { timeout: limitMs }) as boolean
  }
}

const POSIX_CLASSES: Readonly<Record<string, string>> = {
  alnum: 'a-zA-Z0-9',
  alpha: 'a-zA-Z',
  ascii: '\\x00-\\x7f',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e',
  lower: 'a-z',
  print: '\\x20-\\x7e',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\s',
  upper: 'A-Z',
  word: '\\w',
  xdigit: '0-9a-fA-F',
}

/** What Perl's escapes are here; those that have no counterpart are missing. */
const ESCAPES: Readonly<Record<string, string>> = {
  A: '^',
  Z: '$',
  z: '$',
  a: '\\x07',
  e: '\\x1b',
  h: '[ \\t]',
  H: '[^ \\t]',
}

/** Escapes that mean the same in both. */
const SAME_ESCAPES = /[bBdDfnrsStwWxk\d]/

/** A class of characters, or what is escaped and so begins none. */
const CLASS = /\\.|\[(\^?)(\]?)((?:\[:\w+:\]|\\.|[^\]\\])*)\]/gs

/** First in a class, a bracket is one of its characters; in JavaScript, it would be the end. */
function withoutLeadingBrackets(source: string): string {
  return source.replaceAll(CLASS, (all, not?: string, bracket?: string, rest?: string) => {
    if (rest === undefined) return all
    if (bracket === ']') return `[${not}\\]${rest}]`
    if (rest === '') throw new PatternError(NOT_TERMINATED, source.length)
    return all
  })
}

const NOT_TERMINATED = 'missing terminating ] for character class'

/** Longer ones are no names of anything. */
const MAX_LENGTH = 10_000

function compile(source: string): RegExp {
  if (source.length > MAX_LENGTH) {
    throw new PatternError('regular expression is too large', MAX_LENGTH)
  }
  const [, flags = '', rest = source] = /^\(\?([ims]+)\)(.*)$/s.exec(source) ?? []
  const offset = source.length - rest.length
  const translated = withoutLeadingBrackets(rest)
    .replaceAll('(?P<', '(?<')
    .replaceAll(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replaceAll(/\[:(\w+):\]/g, (all, name: string) => POSIX_CLASSES[name] ?? all)
    .replaceAll(/\\(.)/gs, (all, letter: string, at: number) => {
      if (!/[a-zA-Z]/.test(letter) || SAME_ESCAPES.test(letter)) return all
      const known = ESCAPES[letter]
      if (known === undefined) {
        throw new PatternError(`\\\\${letter} is not supported`, offset + at)
      }
      return known
    })
  try {
    return new RegExp(translated, flags)
  } catch (error) {
    throw explain((error as Error).message, source)
  }
}

/** The words of JavaScript for what is wrong, and those of Perl's library, with the place it names. */
const PROBLEMS: readonly [RegExp, string, (source: string) => number][] = [
  [/Unterminated group/, 'missing )', (source) => source.length],
  [/Unmatched '\)'/, 'unmatched parentheses', (source) => source.indexOf(')')],
  [/Nothing to repeat/, 'nothing to repeat', (source) => source.search(/(?<=^|[(|*+?])[*+?]/)],
  [/Unterminated character class/, NOT_TERMINATED, (source) => source.length],
  [/Lone quantifier/, 'nothing to repeat', (source) => source.indexOf('{')],
  [
    /numbers out of order/,
    'numbers out of order in {} quantifier',
    (source) => source.indexOf('}'),
  ],
  [
    /Range out of order/,
    'range out of order in character class',
    (source) => source.indexOf(']') - 1,
  ],
  [/\\ at end of pattern/, '\\\\ at end of pattern', (source) => source.length],
]

function explain(message: string, source: string): PatternError {
  for (const [problem, reason, place] of PROBLEMS) {
    if (problem.test(message)) return new PatternError(reason, Math.max(place(source), 0))
  }
  const [, reason = message] = /: ([^:]+)$/.exec(message) ?? []
  return new PatternError(reason.toLowerCase(), 0)
}
