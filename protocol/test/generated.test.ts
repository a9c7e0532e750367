import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { GENERATED_FOLDER, generatedFiles } from '../codegen/generated-files.ts'
import * as codec from '../src/index.ts'

test('the committed generated files are what the generator makes of the spec', () => {
  for (const [name, text] of generatedFiles()) {
    expect(readFileSync(new URL(name, GENERATED_FOLDER), 'utf8'), name).toBe(text)
  }
})

test('method ids are the class id and the method id in one number', () => {
  expect(codec.BASIC_PUBLISH).toBe(0x003c0028)
  expect(codec.CONNECTION_START).toBe(0x000a000a)
  for (const info of codec.METHODS.values()) {
    expect(info.id).toBe((info.classId << 16) | info.methodId)
  }
})

test('every method of AMQP 0-9-1 and of its RabbitMQ extensions is known', () => {
  expect(
    Array.from(codec.METHODS.values(), (info) => `${info.methodId} ${info.name}`),
  ).toMatchInlineSnapshot(`
    [
      "10 connection.start",
      "11 connection.start-ok",
      "20 connection.secure",
      "21 connection.secure-ok",
      "30 connection.tune",
      "31 connection.tune-ok",
      "40 connection.open",
      "41 connection.open-ok",
      "50 connection.close",
      "51 connection.close-ok",
      "60 connection.blocked",
      "61 connection.unblocked",
      "70 connection.update-secret",
      "71 connection.update-secret-ok",
      "10 channel.open",
      "11 channel.open-ok",
      "20 channel.flow",
      "21 channel.flow-ok",
      "40 channel.close",
      "41 channel.close-ok",
      "10 access.request",
      "11 access.request-ok",
      "10 exchange.declare",
      "11 exchange.declare-ok",
      "20 exchange.delete",
      "21 exchange.delete-ok",
      "30 exchange.bind",
      "31 exchange.bind-ok",
      "40 exchange.unbind",
      "51 exchange.unbind-ok",
      "10 queue.declare",
      "11 queue.declare-ok",
      "20 queue.bind",
      "21 queue.bind-ok",
      "30 queue.purge",
      "31 queue.purge-ok",
      "40 queue.delete",
      "41 queue.delete-ok",
      "50 queue.unbind",
      "51 queue.unbind-ok",
      "10 basic.qos",
      "11 basic.qos-ok",
      "20 basic.consume",
      "21 basic.consume-ok",
      "30 basic.cancel",
      "31 basic.cancel-ok",
      "40 basic.publish",
      "50 basic.return",
      "60 basic.deliver",
      "70 basic.get",
      "71 basic.get-ok",
      "72 basic.get-empty",
      "80 basic.ack",
      "90 basic.reject",
      "100 basic.recover-async",
      "110 basic.recover",
      "111 basic.recover-ok",
      "120 basic.nack",
      "10 confirm.select",
      "11 confirm.select-ok",
      "10 tx.select",
      "11 tx.select-ok",
      "20 tx.commit",
      "21 tx.commit-ok",
      "30 tx.rollback",
      "31 tx.rollback-ok",
    ]
  `)
})

test('exchange.unbind-ok has the id that RabbitMQ gave it, 51', () => {
  expect(codec.EXCHANGE_UNBIND_OK & 0xffff).toBe(51)
})

test('only methods that carry a message are followed by content', () => {
  const names = [...codec.METHODS.values()].filter((info) => info.hasContent).map((i) => i.name)
  expect(names).toEqual(['basic.publish', 'basic.return', 'basic.deliver', 'basic.get-ok'])
})

test('every request of the client is answered by a method that the server sends', () => {
  for (const info of codec.METHODS.values()) {
    for (const response of info.responses) {
      const answer = codec.METHODS.get(response)
      if (info.sentByClient) expect(answer?.sentByServer, info.name).toBe(true)
      if (info.sentByServer) expect(answer?.sentByClient, info.name).toBe(true)
    }
  }
})

test('basic.get is answered by either of two methods', () => {
  expect(codec.METHODS.get(codec.BASIC_GET)?.responses).toEqual([
    codec.BASIC_GET_OK,
    codec.BASIC_GET_EMPTY,
  ])
})

test('reserved fields have numbers, except the ticket', () => {
  const names = new Set(
    [...codec.METHODS.values()].flatMap((info) => info.fields.map((field) => field.name)),
  )
  expect(names).toContain('ticket')
  expect([...names].filter((name) => name.startsWith('reserved'))).toEqual([
    'reserved1',
    'reserved2',
  ])
})

test('reply codes say whether they close the connection or the channel', () => {
  expect(codec.REPLY_CODES.get(codec.NOT_FOUND)).toEqual({ name: 'NOT_FOUND', hard: false })
  const soft = [...codec.REPLY_CODES].filter(([, reply]) => !reply.hard).map(([code]) => code)
  expect(soft).toEqual([200, 311, 312, 313, 403, 404, 405, 406])
  const hard = [...codec.REPLY_CODES].filter(([, reply]) => reply.hard).map(([code]) => code)
  expect(hard).toEqual([320, 402, 501, 502, 503, 504, 505, 506, 530, 540, 541])
})
