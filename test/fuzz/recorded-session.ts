// What a client sends from connecting to its first channel, as one run of octets.

import {
  CHANNEL_OPEN,
  CONNECTION_OPEN,
  CONNECTION_START_OK,
  CONNECTION_TUNE_OK,
  encodeMethodFrame,
  PROTOCOL_HEADER,
} from 'amqp-codec'
import { plainResponse } from '../support/raw-client.ts'
import { method } from '../support/raw-client-method.ts'

export const handshake: Buffer = Buffer.concat([
  PROTOCOL_HEADER,
  encodeMethodFrame(
    0,
    method(CONNECTION_START_OK, {
      mechanism: 'PLAIN',
      response: plainResponse('guest', 'guest'),
      locale: 'en_US',
      clientProperties: { product: 'fuzz', capabilities: { publisher_confirms: true } },
    }),
  ),
  encodeMethodFrame(0, method(CONNECTION_TUNE_OK, { channelMax: 10, frameMax: 4096 })),
  encodeMethodFrame(0, method(CONNECTION_OPEN, { virtualHost: '/' })),
  encodeMethodFrame(1, method(CHANNEL_OPEN, {})),
])
