import { JournalLostError } from '../store-error.ts'

/** Another node owns the stream now: what this one wrote last does not count, and nothing will. */
export class FencedError extends JournalLostError {
  constructor(stream: string, epoch: number, higherEpoch: number) {
    super(`the stream ${stream} was taken over: epoch ${epoch} ended with epoch ${higherEpoch}`)
  }
}
