import type { FrameSink } from '../../src/index.ts'

/** A frame as it was given to the sink. */
export interface CollectedFrame {
  type: number
  channel: number
  buffer: Buffer
  start: number
  end: number
}

/** A sink that keeps what it is given; `onEach` may pause, push or throw. */
export class FrameCollector implements FrameSink {
  readonly frames: CollectedFrame[] = []
  onEach: () => void = () => {}

  onFrame(type: number, channel: number, buffer: Buffer, start: number, end: number): void {
    this.frames.push({ type, channel, buffer, start, end })
    this.onEach()
  }

  /** Type, channel and payload of every frame. */
  get contents(): string[] {
    return this.frames.map(
      ({ type, channel, buffer, start, end }) =>
        `${type} ${channel} ${buffer.toString('hex', start, end)}`,
    )
  }
}
