import { REPLY_CODES } from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { AmqpError, notFound } from '../../src/errors.ts'

const LIMIT = 255
const PREFIX = 'NOT_FOUND - '

describe('the text of an error', () => {
  it('names the code before the reason', () => {
    expect(notFound("no queue 'q' in vhost '/'").replyText).toBe(
      "NOT_FOUND - no queue 'q' in vhost '/'",
    )
    expect(notFound('').replyText).toBe('NOT_FOUND')
  })

  it('stays whole when it is just short enough', () => {
    const reason = 'x'.repeat(LIMIT - PREFIX.length)
    expect(notFound(reason).replyText).toBe(PREFIX + reason)
  })

  it('is cut when it is longer, and says so', () => {
    const { replyText } = notFound('x'.repeat(LIMIT - PREFIX.length + 1))
    expect(replyText).toBe(`${PREFIX}${'x'.repeat(LIMIT - PREFIX.length - 3)}...`)
    expect(Buffer.byteLength(replyText)).toBe(LIMIT)
  })

  it.each(['é', '€', '🐇'])('is cut between characters, never inside a %s', (character) => {
    for (let offset = 0; offset < 4; offset++) {
      const { replyText } = notFound('x'.repeat(offset) + character.repeat(200))
      const size = Buffer.byteLength(replyText)
      expect(size).toBeLessThanOrEqual(LIMIT)
      expect(size).toBeGreaterThan(LIMIT - Buffer.byteLength(character))
      expect(replyText.replaceAll(character, '')).toBe(`${PREFIX}${'x'.repeat(offset)}...`)
    }
  })
})

describe('an error', () => {
  it('ends what the specification says that it ends', () => {
    for (const [code, { hard }] of REPLY_CODES) expect(new AmqpError(code, '').hard).toBe(hard)
    expect(notFound('').hard).toBe(false)
    expect(new AmqpError(501, '').hard).toBe(true)
  })

  it('has a code that AMQP knows', () => {
    expect(() => new AmqpError(418, '')).toThrow(TypeError)
  })
})
