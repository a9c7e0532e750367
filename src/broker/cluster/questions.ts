import type { NatsLink } from '../../nats/nats-link.ts'
import { NoAnswer } from '../../nats/requests.ts'
import { questionSubject } from './names.ts'

/** What one node of the cluster asks another one now and then, and answers. */
export class Questions {
  readonly #link: NatsLink
  readonly #prefix: string

  constructor(link: NatsLink, prefix: string) {
    this.#link = link
    this.#prefix = prefix
  }

  /** Undefined when there is no answer in that time. `about` is what the question is about. */
  async ask(
    node: string,
    question: string,
    timeoutMs: number,
    about = '',
  ): Promise<string | undefined> {
    const subject = questionSubject(this.#prefix, node, question)
    const answer = await this.#link.requests.ask(subject, about, timeoutMs)
    return answer instanceof NoAnswer ? undefined : answer.string()
  }

  /** Answers for this node; who cannot says nothing. */
  answer(node: string, question: string, answer: (about: string) => Promise<string>): void {
    this.#link.connection.subscribe(questionSubject(this.#prefix, node, question), {
      callback: (error, message) => {
        if (error !== null) return
        answer(message.string())
          .then((text) => message.respond(text))
          // It cannot be answered, or the connection is closed.
          .catch(() => {})
      },
    })
  }
}
