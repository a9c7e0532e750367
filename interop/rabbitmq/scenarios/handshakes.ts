// From the protocol header to connection.open-ok, step by step.

import {
  CONNECTION_CLOSE,
  CONNECTION_OPEN,
  CONNECTION_START_OK,
  CONNECTION_TUNE_OK,
  HEARTBEAT_FRAME,
  PROTOCOL_HEADER,
  QUEUE_DECLARE,
} from 'amqp-codec'
import { plainResponse } from '../../../test/support/raw-client.ts'
import { type FieldsOf, method } from '../../../test/support/raw-client-method.ts'
import type { Scenario, Stage, Topic } from '../stage/stage.ts'

type StartOk = FieldsOf<typeof CONNECTION_START_OK>

const guest = plainResponse('guest', 'guest')

/** Takes the next on channel 0. */
async function take(stage: Stage): Promise<void> {
  await stage.channel('a', 0).next('what comes next')
}

/** The protocol header; connection.start, which is full of names and versions, is not shown. */
async function start(stage: Stage): Promise<void> {
  const wire = await stage.connection('a').dialled()
  wire.write(PROTOCOL_HEADER)
  await wire.next(0, 20_000)
}

async function login(stage: Stage, fields: StartOk = {}): Promise<void> {
  await start(stage)
  const startOk = { mechanism: 'PLAIN', response: guest, locale: 'en_US', ...fields }
  await stage.connection('a').send(0, method(CONNECTION_START_OK, startOk))
  await take(stage)
}

/** Logs in with these fields, and takes what comes. */
function logsIn(fields: StartOk): Scenario {
  return (stage) => login(stage, fields)
}

/** Logs in, and tunes like this; opens then, and takes what comes. */
function tunes(fields: FieldsOf<typeof CONNECTION_TUNE_OK>): Scenario {
  return async (stage) => {
    await login(stage)
    const link = stage.connection('a')
    await link.send(0, method(CONNECTION_TUNE_OK, fields))
    await link.send(0, method(CONNECTION_OPEN, { virtualHost: stage.virtualHost }))
    await take(stage)
  }
}

/** A protocol header of a foreign kind. */
function greets(octets: string): Scenario {
  return async (stage) => {
    const wire = await stage.connection('a').dialled()
    wire.write(Buffer.from(octets, 'latin1'))
    await take(stage)
  }
}

export const handshakes: Topic = {
  topic: 'handshakes',
  scenarios: {
    'limits are proposed': logsIn({}),
    'what a broker says of itself': async (stage) => {
      const wire = await stage.connection('a').dialled()
      wire.write(PROTOCOL_HEADER)
      await take(stage)
    },
    'the header of AMQP 1.0': greets('AMQP\0\x01\0\0'),
    'the header of AMQP 0-10': greets('AMQP\x01\x01\0\x0a'),
    'the header of a version to come': greets('AMQP\0\0\x09\x02'),
    HTTP: greets('GET / HTTP/1.1\r\n\r\n'),
    'the wrong password, of a client that can be told': logsIn({
      response: plainResponse('guest', 'wrong'),
      clientProperties: { capabilities: { authentication_failure_close: true } },
    }),
    'an unknown user, of a client that can be told': logsIn({
      response: plainResponse('nobody', 'guest'),
      clientProperties: { capabilities: { authentication_failure_close: true } },
    }),
    'the wrong password, of a client that cannot be told': logsIn({
      response: plainResponse('guest', 'wrong'),
    }),
    'an unknown mechanism': logsIn({ mechanism: 'CRAM-MD5' }),
    'a response that is no PLAIN': logsIn({ response: Buffer.from('guest') }),
    AMQPLAIN: logsIn({
      mechanism: 'AMQPLAIN',
      response: Buffer.from('\x05LOGINS\0\0\0\x05guest\x08PASSWORDS\0\0\0\x05guest', 'latin1'),
    }),
    'AMQPLAIN without a password': logsIn({
      mechanism: 'AMQPLAIN',
      response: Buffer.from('\x05LOGINS\0\0\0\x05guest', 'latin1'),
    }),
    'another locale': logsIn({ locale: 'de_DE' }),
    'opening a virtual host': tunes({ channelMax: 2047, frameMax: 131_072, heartbeat: 60 }),
    'smaller limits': tunes({ channelMax: 1, frameMax: 4096, heartbeat: 1 }),
    'a frame_max that is too small': tunes({ channelMax: 2047, frameMax: 1000 }),
    'a frame_max above what was proposed': tunes({ channelMax: 2047, frameMax: 200_000 }),
    'no frame_max': tunes({ channelMax: 2047, frameMax: 0 }),
    'a channel_max above what was proposed': tunes({ channelMax: 3000, frameMax: 131_072 }),
    'no channel_max': tunes({ channelMax: 0, frameMax: 131_072 }),
    'a virtual host that is not there': async (stage) => {
      await login(stage)
      const link = stage.connection('a')
      await link.send(0, method(CONNECTION_TUNE_OK, { channelMax: 10, frameMax: 131_072 }))
      await link.send(0, method(CONNECTION_OPEN, { virtualHost: 'nowhere' }))
      await take(stage)
    },
    'close instead of open': async (stage) => {
      await login(stage)
      const link = stage.connection('a')
      await link.send(0, method(CONNECTION_TUNE_OK, { channelMax: 10, frameMax: 131_072 }))
      await link.send(0, method(CONNECTION_CLOSE, { replyCode: 200 }))
      await take(stage)
    },
    'a queue before all that': async (stage) => {
      await start(stage)
      await stage.connection('a').send(1, method(QUEUE_DECLARE, { queue: 'q' }))
      await take(stage)
    },
    'a heartbeat before all that': async (stage) => {
      await start(stage)
      await stage.connection('a').write(HEARTBEAT_FRAME)
      const startOk = { mechanism: 'PLAIN', response: guest, locale: 'en_US' }
      await stage.connection('a').send(0, method(CONNECTION_START_OK, startOk))
      await take(stage)
    },
    'a client that closes': async (stage) => {
      await stage.a.queue('q')
      await stage.connection('a').send(0, method(CONNECTION_CLOSE, { replyCode: 200 }))
      await take(stage)
    },
    'a client that closes for an error of ours': async (stage) => {
      await stage.a.queue('q')
      const close = { replyCode: 505, replyText: 'that was unexpected', classId: 50, methodId: 11 }
      await stage.connection('a').send(0, method(CONNECTION_CLOSE, close))
      await take(stage)
    },
  },
}
