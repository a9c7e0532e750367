// Where Leveret is to differ from RabbitMQ 3.10, and why. The suite fails when a difference is not
// there any more or is another one. `npm run generate` writes these tables into docs/differences.md.

/** A difference in one scenario. */
export interface Difference {
  /** `topic: name`, as the suite has it. */
  readonly scenario: string
  readonly reason: string
  /** The lines of its transcripts that only one side has. */
  readonly rabbitmq: readonly string[]
  readonly leveret: readonly string[]
}

/** A difference wherever it occurs. What the expressions find is left out of both transcripts. */
export interface Everywhere {
  readonly what: string
  readonly reason: string
  readonly rabbitmq: RegExp | undefined
  readonly leveret: RegExp | undefined
}

/** What a broker says of itself. */
const NAMES = / (?:cluster_name|copyright|information|platform|product|version)="[^"]*"/g

export const EVERYWHERE: readonly Everywhere[] = [
  {
    what: 'Product, version and the like in `connection.start`',
    reason: 'Leveret says what it is; product and version can be configured.',
    rabbitmq: NAMES,
    leveret: NAMES,
  },
  {
    what: 'Headers `x-last-death-exchange`, `-queue` and `-reason` of a dead letter',
    reason: 'RabbitMQ has them from 3.13 on.',
    rabbitmq: undefined,
    leveret: / x-last-death-(?:exchange|queue|reason)="[^"]*"/g,
  },
  {
    what: 'Refusals name the permission that is missing: `write access to …`',
    reason: 'RabbitMQ does so from 3.13 on.',
    rabbitmq: undefined,
    leveret: /(?<=ACCESS_REFUSED - )(?:configure|write|read) (?=access to )/g,
  },
]

export const DIFFERENCES: readonly Difference[] = [
  {
    scenario: 'handshakes: a frame_max that is too small',
    reason: '4.x says so, too: the client has logged in by then, and its author needs to know.',
    rabbitmq: ['a0 < (the socket is closed)'],
    leveret: [
      'a0 < connection.close replyCode=530 replyText="NOT_ALLOWED - negotiated frame_max = 1000 is lower than the minimum allowed value (4096)" classId=10 methodId=30',
    ],
  },
  {
    scenario: 'handshakes: a frame_max above what was proposed',
    reason: 'As above.',
    rabbitmq: ['a0 < (the socket is closed)'],
    leveret: [
      'a0 < connection.close replyCode=530 replyText="NOT_ALLOWED - negotiated frame_max = 200000 is higher than the maximum allowed value (131072)" classId=10 methodId=30',
    ],
  },
  {
    scenario: 'handshakes: no frame_max',
    reason: 'As above.',
    rabbitmq: ['a0 < (the socket is closed)'],
    leveret: [
      'a0 < connection.close replyCode=530 replyText="NOT_ALLOWED - negotiated frame_max = 0 (no limit) is higher than the maximum allowed value (131072)" classId=10 methodId=30',
    ],
  },
  {
    scenario: 'handshakes: a channel_max above what was proposed',
    reason: 'As above.',
    rabbitmq: ['a0 < (the socket is closed)'],
    leveret: [
      'a0 < connection.close replyCode=530 replyText="NOT_ALLOWED - negotiated channel_max = 3000 is higher than the maximum allowed value (2047)" classId=10 methodId=30',
    ],
  },
  {
    scenario: 'handshakes: no channel_max',
    reason: 'As above.',
    rabbitmq: ['a0 < (the socket is closed)'],
    leveret: [
      'a0 < connection.close replyCode=530 replyText="NOT_ALLOWED - negotiated channel_max = 0 (no limit) is higher than the maximum allowed value (2047)" classId=10 methodId=30',
    ],
  },
  {
    scenario: 'channels: what only brokers send: cancel-ok',
    reason: 'Some clients answer the `basic.cancel` of the broker.',
    rabbitmq: [
      'a0 < connection.close replyCode=503 replyText="COMMAND_INVALID - unimplemented method" classId=60 methodId=31',
    ],
    leveret: [],
  },
  {
    scenario: 'channels: a delivery from a client',
    reason: 'It will not become right by its content.',
    rabbitmq: [
      'a0 < connection.close replyCode=505 replyText="UNEXPECTED_FRAME - expected content header for class 60, got non content header frame instead" classId=60 methodId=60',
    ],
    leveret: [
      'a0 < connection.close replyCode=503 replyText="COMMAND_INVALID - unimplemented method" classId=60 methodId=60',
    ],
  },
  {
    scenario: 'queue arguments: x-queue-master-locator that is unknown',
    reason: 'It means nothing where there is one node, and 541 is a crash.',
    rabbitmq: ['a0 < connection.close replyCode=541 replyText="INTERNAL_ERROR"'],
    leveret: [
      'a < queue.declare-ok queue="q0"',
      'a > queue.declare queue="q0" durable arguments={x-queue-master-locator="nearest"}',
      'a < queue.declare-ok queue="q0"',
    ],
  },
  {
    scenario: 'queue arguments: x-queue-master-locator that is no text',
    reason: '541 is a crash.',
    rabbitmq: ['a0 < connection.close replyCode=541 replyText="INTERNAL_ERROR"'],
    leveret: [
      "a < channel.close replyCode=406 replyText=\"PRECONDITION_FAILED - invalid arg 'x-queue-master-locator' for queue 'q0' in vhost 'V': {unacceptable_type,signedint}\" classId=50 methodId=10",
    ],
  },
  {
    scenario: 'exchanges: of a type that nobody knows are refused',
    reason: 'As from 3.13 on: a typing error does not end the connection of a whole program.',
    rabbitmq: [
      'a0 < connection.close replyCode=503 replyText="COMMAND_INVALID - unknown exchange type \'round-robin\'" classId=40 methodId=10',
    ],
    leveret: [
      'a < channel.close replyCode=406 replyText="PRECONDITION_FAILED - unknown exchange type \'round-robin\'" classId=40 methodId=10',
    ],
  },
  {
    scenario: 'exchanges: of no type are refused',
    reason: 'As above.',
    rabbitmq: [
      'a0 < connection.close replyCode=503 replyText="COMMAND_INVALID - invalid exchange type \'\'" classId=40 methodId=10',
    ],
    leveret: [
      'a < channel.close replyCode=406 replyText="PRECONDITION_FAILED - unknown exchange type \'\'" classId=40 methodId=10',
    ],
  },
  {
    scenario: 'headers exchanges: x-match must be known',
    reason: 'The wording of 4.x.',
    rabbitmq: [
      'a < channel.close replyCode=406 replyText="PRECONDITION_FAILED - Invalid x-match field value <<\\"some\\">>; expected all, any, all-with-x, or any-with-x" classId=50 methodId=20',
    ],
    leveret: [
      'a < channel.close replyCode=406 replyText="PRECONDITION_FAILED - Invalid x-match field value \\"some\\"; expected all, any, all-with-x, or any-with-x" classId=50 methodId=20',
    ],
  },
  {
    scenario: 'dead-lettering: by its own keys, those of CC as well',
    reason: 'Keys in BCC are forgotten as soon as the message is routed: a blind copy is one.',
    rabbitmq: [
      'a2 < basic.get-ok deliveryTag=3 exchange="graves" routingKey="q" headers={CC=["k2"] x-death=[{count=l:1 exchange="" queue="q" reason="rejected" routing-keys=["q" "k2"] time=T:now}] x-first-death-exchange="" x-first-death-queue="q" x-first-death-reason="rejected"} "one"',
      'a2 > basic.get queue="dead3" noAck',
    ],
    leveret: [],
  },
  {
    scenario: 'death chains: expired in three queues',
    reason:
      'The newest death comes first, as documented; 3.10 turns the older ones around with each death.',
    rabbitmq: [
      'a < basic.get-ok deliveryTag=1 routingKey="last" headers={mine="mine" x-death=[{count=l:1 exchange="" queue="r" reason="expired" routing-keys=["r"] time=T:now} {count=l:1 exchange="" queue="q" reason="expired" routing-keys=["q"] time=T:now} {count=l:1 exchange="" queue="p" reason="expired" routing-keys=["p"] time=T:now}] x-first-death-exchange="" x-first-death-queue="q" x-first-death-reason="expired"} "one"',
    ],
    leveret: [
      'a < basic.get-ok deliveryTag=1 routingKey="last" headers={mine="mine" x-death=[{count=l:1 exchange="" queue="r" reason="expired" routing-keys=["r"] time=T:now} {count=l:1 exchange="" queue="p" reason="expired" routing-keys=["p"] time=T:now} {count=l:1 exchange="" queue="q" reason="expired" routing-keys=["q"] time=T:now}] x-first-death-exchange="" x-first-death-queue="q" x-first-death-reason="expired"} "one"',
    ],
  },
  {
    scenario:
      'priorities and single active consumers: what is high and short, in front of what is low',
    reason:
      'What has expired is not delivered; 3.10 overlooks a new head of a queue with priorities.',
    rabbitmq: [
      'a < basic.get-ok deliveryTag=1 routingKey="q" messageCount=1 priority=5 expiration="400" "high, short"',
      'a > basic.get queue="q" noAck',
      'a < basic.get-ok deliveryTag=2 routingKey="q" priority=1 "low, long"',
    ],
    leveret: ['a < basic.get-ok deliveryTag=1 routingKey="q" priority=1 "low, long"'],
  },
  {
    scenario: 'quorum queues: refuse values that make no sense',
    reason: 'A delivery limit is a number; 3.10 takes any text and has no limit then.',
    rabbitmq: ['a < queue.declare-ok queue="q1"'],
    leveret: [
      "a < channel.close replyCode=406 replyText=\"PRECONDITION_FAILED - invalid arg 'x-delivery-limit' for queue 'q1' in vhost 'V': \\\"expected integer, got longstr\\\"\" classId=50 methodId=10",
    ],
  },
  {
    scenario: 'quorum queues: exclusive consumers',
    reason: 'Exclusive is exclusive, as in classic queues.',
    rabbitmq: ['b < basic.consume-ok consumerTag="c"'],
    leveret: [
      "b < channel.close replyCode=403 replyText=\"ACCESS_REFUSED - queue 'q' in vhost 'V' in exclusive use\" classId=60 methodId=20",
    ],
  },
  {
    scenario: 'streams: x-max-age without a number',
    reason: '541 is a crash.',
    rabbitmq: ['a0 < connection.close replyCode=541 replyText="INTERNAL_ERROR"'],
    leveret: [
      "a < channel.close replyCode=406 replyText=\"PRECONDITION_FAILED - invalid arg 'x-max-age' for queue 'q0' in vhost 'V': invalid_max_age\" classId=50 methodId=10",
    ],
  },
  {
    scenario: 'streams: from nonsense',
    reason: '541 is a crash; 4.x has this text.',
    rabbitmq: ['a0 < connection.close replyCode=541 replyText="INTERNAL_ERROR"'],
    leveret: [
      "a < channel.close replyCode=406 replyText=\"PRECONDITION_FAILED - invalid arg 'x-stream-offset' for queue 'q' in vhost 'V': {invalid_stream_offset_arg,{longstr,<<\\\"sometime\\\">>}}\" classId=60 methodId=20",
    ],
  },
  {
    scenario: 'streams: from a boolean',
    reason: 'As above.',
    rabbitmq: ['a0 < connection.close replyCode=541 replyText="INTERNAL_ERROR"'],
    leveret: [
      "a < channel.close replyCode=406 replyText=\"PRECONDITION_FAILED - invalid arg 'x-stream-offset' for queue 'q' in vhost 'V': {invalid_stream_offset_arg,{bool,true}}\" classId=60 methodId=20",
    ],
  },
  {
    scenario: 'streams: delete and look',
    reason: '3.10 always tells none when a stream is deleted, and counts late.',
    rabbitmq: ['a < queue.declare-ok queue="q"', 'a < queue.delete-ok'],
    leveret: [
      'a < queue.declare-ok queue="q" messageCount=1',
      'a < queue.delete-ok messageCount=1',
    ],
  },
  {
    scenario: 'direct reply-to: several answers, confirmed',
    reason:
      'Delivery tags of a channel are unique; there is nothing to acknowledge in either case.',
    rabbitmq: [
      'a < basic.deliver consumerTag="answers" deliveryTag=1 routingKey="amq.rabbitmq.reply-to.#1" "two"',
    ],
    leveret: [
      'a < basic.deliver consumerTag="answers" deliveryTag=2 routingKey="amq.rabbitmq.reply-to.#1" "two"',
    ],
  },
  {
    scenario: 'exchange types of plugins: their arguments are not compared',
    reason: '3.10 quotes twice what Erlang would quote.',
    rabbitmq: [
      "a < channel.close replyCode=406 replyText=\"PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'x' in vhost 'V': received ''x-modulus-hash'' but current is ''x-consistent-hash''\" classId=40 methodId=10",
    ],
    leveret: [
      "a < channel.close replyCode=406 replyText=\"PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'x' in vhost 'V': received 'x-modulus-hash' but current is 'x-consistent-hash'\" classId=40 methodId=10",
    ],
  },
  {
    scenario: 'quorum queues: put back without a limit',
    reason:
      'To the place it had, as 4.x does, where there is a limit unless one is taken away; 3.10 puts it last.',
    rabbitmq: [
      'a2 < basic.get-ok deliveryTag=2 routingKey="q" messageCount=1 headers={x-delivery-count=l:0} "two"',
      'a2 < basic.get-ok deliveryTag=3 redelivered routingKey="q" headers={x-delivery-count=l:1} "one"',
    ],
    leveret: [
      'a2 < basic.get-ok deliveryTag=2 redelivered routingKey="q" messageCount=1 headers={x-delivery-count=l:1} "one"',
      'a2 < basic.get-ok deliveryTag=3 routingKey="q" headers={x-delivery-count=l:0} "two"',
    ],
  },
  {
    scenario: 'restarted definitions: auto-delete queues with consumers, killed',
    reason: 'RabbitMQ was ended in order here, and had the time to see the consumer go.',
    rabbitmq: [
      "a < channel.close replyCode=404 replyText=\"NOT_FOUND - no queue 'q' in vhost 'V'\" classId=50 methodId=10",
    ],
    leveret: ['a < queue.declare-ok queue="q"'],
  },
  {
    scenario: 'restarted quorum queues and streams: a quorum queue counts what was put back',
    reason: 'Counts are not stored: after a restart messages have all their attempts again.',
    rabbitmq: [
      'a < basic.get-ok deliveryTag=1 redelivered routingKey="q" messageCount=2 headers={x-delivery-count=l:1} deliveryMode=2 "1"',
    ],
    leveret: [
      'a < basic.get-ok deliveryTag=1 redelivered routingKey="q" messageCount=2 headers={x-delivery-count=l:0} deliveryMode=2 "1"',
    ],
  },
  {
    scenario: 'restarted quorum queues and streams: a quorum queue counts what was unacknowledged',
    reason: 'As above; nor does a restart of the broker count as an attempt.',
    rabbitmq: [
      'a < basic.get-ok deliveryTag=1 redelivered routingKey="q" messageCount=2 headers={x-delivery-count=l:1} deliveryMode=2 "1"',
    ],
    leveret: [
      'a < basic.get-ok deliveryTag=1 redelivered routingKey="q" messageCount=2 headers={x-delivery-count=l:0} deliveryMode=2 "1"',
    ],
  },
  {
    scenario: 'restarted quorum queues and streams: a stream that was deleted begins at nothing',
    reason: '3.10 always tells none when a stream is deleted.',
    rabbitmq: ['a < queue.delete-ok'],
    leveret: ['a < queue.delete-ok messageCount=2'],
  },
  {
    scenario: 'framing: a method that nobody knows',
    reason: 'Who closes a socket without a word leaves people to guess.',
    rabbitmq: ['a0 < (the socket is closed)'],
    leveret: [
      'a0 < connection.close replyCode=503 replyText="COMMAND_INVALID - unimplemented method" classId=50 methodId=99',
    ],
  },
  {
    scenario: 'framing: a class that nobody knows',
    reason: 'As above.',
    rabbitmq: ['a0 < (the socket is closed)'],
    leveret: [
      'a0 < connection.close replyCode=503 replyText="COMMAND_INVALID - unimplemented method" classId=99 methodId=10',
    ],
  },
  {
    scenario: 'framing: a method whose table is malformed',
    reason: 'As above.',
    rabbitmq: ['a0 < (the socket is closed)'],
    leveret: [
      'a0 < connection.close replyCode=501 replyText="FRAME_ERROR - cannot decode <<0,0,1,113,0,0,0,0,5,1,65,116,1,0>>" classId=50 methodId=10',
    ],
  },
  {
    scenario: 'framing: more body than was announced',
    reason: 'As 4.x says it, and at once; 3.10 takes it for a body that goes on.',
    rabbitmq: [
      'a0 < connection.close replyCode=505 replyText="UNEXPECTED_FRAME - expected content body, got non content body frame instead" classId=60 methodId=40',
    ],
    leveret: [
      'a0 < connection.close replyCode=501 replyText="FRAME_ERROR - content body frame exceeds remaining content size" classId=60 methodId=40',
    ],
  },
  {
    scenario: 'framing: more body than was announced, in two frames',
    reason: 'As above.',
    rabbitmq: [
      'a0 < connection.close replyCode=505 replyText="UNEXPECTED_FRAME - expected content body, got non content body frame instead" classId=60 methodId=40',
    ],
    leveret: [
      'a0 < connection.close replyCode=501 replyText="FRAME_ERROR - content body frame exceeds remaining content size" classId=60 methodId=40',
    ],
  },
  {
    scenario: 'first mistakes: queue.bind: of another connection, to nowhere',
    reason: 'As 4.x: what the arguments are is nothing to those who may not use the queue.',
    rabbitmq: [
      'b < channel.close replyCode=406 replyText="PRECONDITION_FAILED - Invalid x-match field type signedint (value 5); expected longstr" classId=50 methodId=20',
    ],
    leveret: [
      "b < channel.close replyCode=405 replyText=\"RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'q' in vhost 'V'. It could be originally declared on another connection or the exclusive property value does not match that of the original declaration.\" classId=50 methodId=20",
    ],
  },
]
