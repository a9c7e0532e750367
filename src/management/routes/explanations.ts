import { encodeContentHeaderFrame } from 'amqp-codec'
import { Message, NO_MORE_RUNS } from '../../message/message.ts'
import { PublishAddress } from '../../message/publish-address.ts'
import { explainRoute } from '../../vhost/route-explanation.ts'
import { found } from '../answer.ts'
import type { Call } from '../call.ts'
import { badRequest } from '../http-error.ts'
import { explanationJson } from '../json/explanation-json.ts'
import { propertiesFrom } from '../json/properties-json.ts'
import { type Route, routes } from '../route.ts'
import { exchangeOf } from './exchanges.ts'

/** Not of RabbitMQ: where a message would go, and why, without one. */
export const EXPLANATIONS: readonly Route[] = routes('management', {
  'POST /exchanges/:vhost/:name/explain': (call) => {
    const { vhost } = call
    return found(explanationJson(vhost.name, explainRoute(vhost, imagined(call))))
  },
}).map((route) => ({ ...route, changesNothing: true }))

/** A message without a body, as somebody might publish it. Throws 400 and 404. */
function imagined(call: Call): Message {
  const { body } = call
  const { name } = exchangeOf(call)
  const routingKey = body.text('routing_key')
  if (Buffer.byteLength(routingKey) > 255) throw badRequest('a routing key has at most 255 octets')
  const { headers } = propertiesFrom({ headers: body.object('headers') })
  const properties = propertiesFrom(body.object('properties'))
  const all = headers?.size ? { ...properties, headers } : properties
  const frame = encodeContentHeaderFrame(0, 0, all)
  return new Message(PublishAddress.of(name, routingKey), frame, 0, frame.length, NO_MORE_RUNS)
}
