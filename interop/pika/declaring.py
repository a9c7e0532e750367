"""Queues and exchanges as pika declares them, and the errors when it must not."""

import pika
from pika.exceptions import ChannelClosedByBroker
from scenario import error_of, main, unique


def opened(url):
    return pika.BlockingConnection(pika.URLParameters(url))


def refused(connection, action):
    """The error that the action, done on a channel of its own, closes that channel with."""
    error = error_of(ChannelClosedByBroker, action, connection.channel())
    return [error.reply_code, error.reply_text]


def exclusive_queue(url):
    owner, other = opened(url), opened(url)
    queue = unique('exclusive')
    owner.channel().queue_declare(queue, exclusive=True)
    locked = refused(other, lambda channel: channel.basic_get(queue))
    owner.close()
    # RabbitMQ deletes it shortly after the connection has ended.
    while True:
        code, gone = refused(other, lambda channel: channel.queue_declare(queue, passive=True))
        if code == 404:
            break
    other.close()
    return {
        'locked': [locked[0], locked[1].replace(queue, 'Q')],
        'gone': [code, gone.replace(queue, 'Q')],
    }


def auto_delete_queue(url):
    connection = opened(url)
    channel = connection.channel()
    queue = unique('auto-delete')
    channel.queue_declare(queue, auto_delete=True)
    tags = [channel.basic_consume(queue, lambda *_: None) for _ in range(2)]
    channel.basic_cancel(tags[0])
    consumers = channel.queue_declare(queue, passive=True).method.consumer_count
    channel.basic_cancel(tags[1])
    code, _ = refused(connection, lambda other: other.queue_declare(queue, passive=True))
    connection.close()
    return [consumers, code]


def passive_declarations(url):
    connection = opened(url)
    channel = connection.channel()
    queue, missing = unique('there'), unique('missing')
    channel.queue_declare(queue, exclusive=True)
    channel.confirm_delivery()
    channel.basic_publish('', queue, b'one')
    found = channel.queue_declare(queue, passive=True).method
    channel.exchange_declare('amq.topic', passive=True)
    errors = [
        refused(connection, lambda other: other.queue_declare(missing, passive=True)),
        refused(connection, lambda other: other.exchange_declare(missing, passive=True)),
    ]
    connection.close()
    return {
        'found': [found.queue == queue, found.message_count, found.consumer_count],
        'errors': [[code, text.replace(missing, 'Q')] for code, text in errors],
    }


def channel_errors(url):
    connection = opened(url)
    owner = connection.channel()
    owner.confirm_delivery()
    queue, exchange = unique('queue'), unique('exchange')
    owner.queue_declare(queue, exclusive=True)
    owner.exchange_declare(exchange, 'direct', auto_delete=True)
    owner.basic_publish('', queue, b'only one')

    def acknowledge_twice(channel):
        method, _, _ = channel.basic_get(queue)
        channel.basic_ack(method.delivery_tag)
        channel.basic_ack(method.delivery_tag)
        channel.queue_declare(queue, passive=True)

    def publish_nowhere(channel):
        channel.basic_publish(f'{exchange}.missing', '', b'')
        channel.queue_declare(queue, passive=True)

    errors = {
        'auto-delete': lambda channel: channel.queue_declare(
            queue, exclusive=True, auto_delete=True
        ),
        'argument': lambda channel: channel.queue_declare(
            queue, exclusive=True, arguments={'x-max-length': 5}
        ),
        'type': lambda channel: channel.exchange_declare(exchange, 'fanout', auto_delete=True),
        'reserved queue': lambda channel: channel.queue_declare('amq.mine'),
        'reserved exchange': lambda channel: channel.exchange_declare('amq.mine'),
        'bad argument': lambda channel: channel.queue_declare(
            f'{queue}.new', exclusive=True, arguments={'x-message-ttl': -1}
        ),
        'publish': publish_nowhere,
        'acknowledge': acknowledge_twice,
        'not empty': lambda channel: channel.queue_delete(queue, if_empty=True),
    }
    outcome = {}
    for name, action in errors.items():
        if name == 'not empty':
            owner.basic_publish('', queue, b'not empty')
        code, text = refused(connection, action)
        outcome[name] = [code, text.replace(queue, 'Q').replace(exchange, 'X')]
    owner.exchange_delete(exchange)
    connection.close()
    return outcome


if __name__ == '__main__':
    main(globals())
