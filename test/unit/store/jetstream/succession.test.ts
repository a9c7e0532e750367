import { describe, expect, it } from 'vitest'
import {
  decodeFrame,
  encodeFrame,
  type FrameKind,
  type LogFrame,
  setFrameNumber,
} from '../../../../src/store/jetstream/log-frame.ts'
import { RecordAssembler } from '../../../../src/store/jetstream/stream-reading.ts'
import { Succession } from '../../../../src/store/jetstream/succession.ts'

/** `3/5` is record 5 of epoch 3, `epoch 3` and `barrier 3` what they say, `3/5 mark` a mark. */
function frameOf(text: string, part = 0, toCome = 0): LogFrame {
  const [, word, epoch, number, mark] =
    /^(?:(epoch|barrier) )?(\d+)(?:\/(\d+))?( mark)?$/.exec(text) ?? []
  const kind = (word ?? (mark === undefined ? 'record' : 'mark')) as FrameKind
  const bytes = encodeFrame({ kind, epoch: Number(epoch), part, toCome }, [Buffer.from(text)])
  setFrameNumber(bytes, Number(number ?? 0))
  return decodeFrame(bytes)!
}

/** Those of a list of frames that count; `lost` is one that cannot be read. */
function countedOf(texts: string[]): string[] {
  const succession = new Succession()
  return texts.filter((text) => {
    if (text === 'lost') succession.skip()
    return text !== 'lost' && succession.accept(frameOf(text))
  })
}

describe('a frame', () => {
  it('is read as it was written', () => {
    const bytes = encodeFrame({ kind: 'record', epoch: 2 ** 40, part: 3, toCome: 400 }, [
      Buffer.from('con'),
      Buffer.from('tent'),
    ])
    setFrameNumber(bytes, 2 ** 41 + 1)
    expect(decodeFrame(bytes)).toEqual({
      kind: 'record',
      epoch: 2 ** 40,
      number: 2 ** 41 + 1,
      part: 3,
      toCome: 400,
      content: Buffer.from('content'),
    })
  })

  it('is none when it is of another program, or of a later version of this one', () => {
    const bytes = encodeFrame({ kind: 'mark', epoch: 1, part: 0, toCome: 0 }, [])
    expect(decodeFrame(bytes.subarray(0, -1))).toBe(undefined)
    expect(decodeFrame(Buffer.from('hello, is anybody there?'))).toBe(undefined)
    expect(decodeFrame(Buffer.alloc(0))).toBe(undefined)
    bytes[1] = 9
    expect(decodeFrame(bytes)).toBe(undefined)
  })
})

describe('the frames that count', () => {
  it('are those of one epoch in the order of their numbers', () => {
    const frames = ['epoch 1', '1/0', '1/1', 'barrier 1', '1/2', '1/3 mark', '1/4']
    expect(countedOf(frames)).toEqual(['1/0', '1/1', '1/2', '1/3 mark', '1/4'])
  })

  it('are not those of an owner that came late', () => {
    const frames = ['epoch 1', '1/0', 'epoch 2', '1/1', '2/0', 'barrier 1', '1/2', '2/1']
    expect(countedOf(frames)).toEqual(['1/0', '2/0', '2/1'])
  })

  it('are not those that were accepted although the one before was not, nor any twice', () => {
    const frames = ['epoch 1', '1/0', '1/2', '1/3', 'barrier 1', '1/1', '1/2', '1/2', '1/3']
    expect(countedOf(frames)).toEqual(['1/0', '1/1', '1/2', '1/3'])
  })

  it('begin anew with an epoch, also with one that was begun twice', () => {
    const frames = [
      'epoch 1',
      '1/0',
      '1/1',
      'epoch 2',
      'epoch 2',
      '2/0',
      'epoch 3',
      'epoch 4',
      '4/0',
    ]
    expect(countedOf(frames)).toEqual(['1/0', '1/1', '2/0', '4/0'])
  })

  it('may begin anywhere, after what was truncated', () => {
    expect(countedOf(['3/17', '3/18', '2/9', '3/19'])).toEqual(['3/17', '3/18', '3/19'])
    expect(countedOf(['3/17 mark', 'epoch 4', '3/18', '4/0'])).toEqual(['3/17 mark', '4/0'])
  })

  it('go on after one that is lost, which leaves no more than its own gap', () => {
    expect(countedOf(['epoch 1', '1/0', 'lost', '1/2', '1/4', '1/3'])).toEqual([
      '1/0',
      '1/2',
      '1/3',
    ])
    expect(countedOf(['lost', '1/0', '1/1'])).toEqual(['1/0', '1/1'])
    expect(countedOf(['epoch 1', '1/0', 'lost', '2/0', '2/1'])).toEqual(['1/0', '2/0', '2/1'])
  })
})

describe('a record of several frames', () => {
  const assemble = (...frames: LogFrame[]): (string | undefined)[] => {
    const assembler = new RecordAssembler()
    return frames.map((frame, index) => {
      const found = assembler.add(index + 1, frame)
      return found === undefined ? undefined : `${found.position}: ${found.record.toString()}`
    })
  }

  it('is put together, with the place of its first one', () => {
    const frames = [frameOf('1/0', 0, 2), frameOf('0/0'), frameOf('1/1', 1, 1), frameOf('1/2', 2)]
    expect(assemble(...frames)).toEqual([undefined, undefined, undefined, '1: 1/01/11/2'])
  })

  it('is none when it was given up before its end, by its owner or with its epoch', () => {
    const givenUp = [frameOf('1/0', 0, 2), frameOf('1/1', 1, 1), frameOf('1/2')]
    expect(assemble(...givenUp)).toEqual([undefined, undefined, '3: 1/2'])
    const ended = [frameOf('1/0', 0, 1), frameOf('epoch 2'), frameOf('1/1', 1), frameOf('2/0')]
    expect(assemble(...ended)).toEqual([undefined, undefined, undefined, '4: 2/0'])
  })

  it('is none without its first one', () => {
    expect(assemble(frameOf('1/7', 1, 1), frameOf('1/8', 2), frameOf('1/9'))).toEqual([
      undefined,
      undefined,
      '3: 1/9',
    ])
  })
})
