import { onTestFinished, vi } from 'vitest'
import { eventually } from './eventually.ts'

type Act = (...given: unknown[]) => unknown

/**
 * A method of all queues, or all virtual hosts, of this process that does at once what it does, as if on
 * another node, and whose answer comes when the test says so.
 */
export class SlowAnswers {
  readonly #pending: (() => void)[] = []
  #refusal: Error | undefined

  /** `prototype` has the method; it has it back when the test ends. */
  constructor(prototype: object, method: string) {
    const methods = prototype as Record<string, Act>
    const act = methods[method] as Act
    const spy = vi.spyOn(methods, method)
    const ask = (refusal: Error | undefined, answer: unknown): Promise<unknown> =>
      new Promise((resolve, reject) => {
        this.#pending.push(() => (refusal === undefined ? resolve(answer) : reject(refusal)))
      })
    const refusal = (): Error | undefined => this.#refusal
    spy.mockImplementation(function (this: unknown, ...given: unknown[]) {
      const refused = refusal()
      return ask(refused, refused === undefined ? act.apply(this, given) : undefined)
    })
    onTestFinished(() => spy.mockRestore())
  }

  /** What is asked for from now on is not done, and this is why. */
  refuse(error: Error): void {
    this.#refusal = error
  }

  /** Resolves when somebody waits for an answer. */
  async asked(): Promise<void> {
    await eventually(() => {
      if (this.#pending.length === 0) throw new Error('nobody has asked')
    })
  }

  /** Answers all that wait. */
  answer(): void {
    for (const give of this.#pending.splice(0)) give()
  }
}
