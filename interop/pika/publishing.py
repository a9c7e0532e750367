"""What pika's publishers do: properties, headers, confirms, returns, transactions."""

import hashlib
from datetime import datetime
from decimal import Decimal

import pika
from pika.compat import long
from pika.exceptions import NackError, UnroutableError
from scenario import error_of, main, unique

HEADERS = {
    'bool': True,
    'int': -42,
    'long': long(1 << 40),
    'text': 'grün ✓',
    'bytes': b'\x00\xff\xfe',
    'decimal': Decimal('3.14'),
    'when': datetime(2026, 11, 21, 10, 30),
    'none': None,
    'list': ['a', 1, False, None, ['deeper', {'x': 1}]],
    'table': {'inner': {'innermost': 'bottom'}, 'n': 7},
    'empty': {'list': [], 'table': {}, 'text': ''},
}


def connected(url):
    connection = pika.BlockingConnection(pika.URLParameters(url))
    return connection, connection.channel()


def every_header_type(url):
    connection, channel = connected(url)
    queue = channel.queue_declare('', exclusive=True).method.queue
    channel.basic_publish('', queue, b'', pika.BasicProperties(headers=HEADERS))
    _, properties, _ = channel.basic_get(queue, auto_ack=True)
    connection.close()
    return {
        key: properties.headers[key] == value and type(properties.headers[key]) is type(value)
        for key, value in HEADERS.items()
    }


def every_property(url):
    connection, channel = connected(url)
    queue = channel.queue_declare('', exclusive=True).method.queue
    sent = pika.BasicProperties(
        content_type='application/json',
        content_encoding='utf-8',
        headers={'k': 'v'},
        delivery_mode=2,
        priority=9,
        correlation_id='c-1',
        reply_to='answers',
        expiration='60000',
        message_id='m-1',
        timestamp=1_700_000_000,
        type='greeting',
        user_id='guest',
        app_id='tests',
        cluster_id='one',
    )
    channel.basic_publish('', queue, b'{}', sent)
    _, received, _ = channel.basic_get(queue, auto_ack=True)
    connection.close()
    return received == sent and vars(received)


def large_bodies(url):
    connection, channel = connected(url)
    channel.confirm_delivery()
    queue = channel.queue_declare('', exclusive=True).method.queue
    outcome = []
    for length in (0, 1, 131_064, 131_065, 5_000_000):
        body = bytes(length)
        channel.basic_publish('', queue, body)
        _, _, received = channel.basic_get(queue, auto_ack=True)
        same = hashlib.sha256(received).digest() == hashlib.sha256(body).digest()
        outcome.append([len(received), same])
    connection.close()
    return outcome


def confirmed_and_returned(url):
    connection, channel = connected(url)
    channel.confirm_delivery()
    queue = channel.queue_declare('', exclusive=True).method.queue
    for number in range(20):
        channel.basic_publish('', queue, str(number), mandatory=True)
    missing = unique('missing')
    error = error_of(
        UnroutableError,
        channel.basic_publish,
        '',
        missing,
        b'nobody',
        pika.BasicProperties(message_id='lost'),
        mandatory=True,
    )
    (returned,) = error.messages
    outcome = {
        'ready': channel.queue_declare(queue, passive=True).method.message_count,
        'code': returned.method.reply_code,
        'text': returned.method.reply_text,
        'key': returned.method.routing_key == missing,
        'id': returned.properties.message_id,
        'body': returned.body.decode(),
    }
    connection.close()
    return outcome


def returned_without_confirms(url):
    connection, channel = connected(url)
    returned = []
    channel.add_on_return_callback(
        lambda _, method, __, body: returned.append([method.reply_code, body.decode()])
    )
    channel.basic_publish('amq.direct', unique('nobody'), b'back', mandatory=True)
    while not returned:
        connection.process_data_events(time_limit=1)
    connection.close()
    return returned


def refused_by_a_full_queue(url):
    connection, channel = connected(url)
    channel.confirm_delivery()
    arguments = {'x-max-length': 2, 'x-overflow': 'reject-publish'}
    queue = channel.queue_declare('', exclusive=True, arguments=arguments).method.queue
    for number in range(2):
        channel.basic_publish('', queue, str(number))
    refusal = error_of(NackError, channel.basic_publish, '', queue, b'one too many')
    _, _, oldest = channel.basic_get(queue, auto_ack=True)
    channel.basic_publish('', queue, b'fits again')
    bodies = [channel.basic_get(queue, auto_ack=True)[2].decode() for _ in range(2)]
    connection.close()
    return {'refusal': str(refusal), 'kept': [oldest.decode(), *bodies]}


def asynchronous_confirms(url, count):
    count = int(count)
    outcome = {'published': set(range(1, count + 1)), 'nacked': 0}

    def on_open(connection):
        connection.channel(on_open_callback=on_channel)

    def on_channel(channel):
        channel.confirm_delivery(
            ack_nack_callback=lambda frame: on_confirm(channel, frame.method),
            callback=lambda _: publish(channel),
        )

    def publish(channel):
        for number in range(count):
            channel.basic_publish('amq.fanout', '', str(number))

    def on_confirm(channel, method):
        tag = method.delivery_tag
        outcome['nacked'] += isinstance(method, pika.spec.Basic.Nack)
        settled = {n for n in outcome['published'] if n == tag or (method.multiple and n < tag)}
        assert settled, f'{tag} was confirmed twice'
        outcome['published'] -= settled
        if not outcome['published']:
            channel.connection.close()

    connection = pika.SelectConnection(
        pika.URLParameters(url),
        on_open_callback=on_open,
        on_close_callback=lambda closed, _: closed.ioloop.stop(),
    )
    connection.ioloop.start()
    return {'unconfirmed': len(outcome['published']), 'nacked': outcome['nacked']}


def transactions(url):
    connection, channel = connected(url)
    queue = channel.queue_declare('', exclusive=True).method.queue
    counts = []
    channel.tx_select()
    channel.basic_publish('', queue, b'rolled back')
    channel.tx_rollback()
    counts.append(channel.queue_declare(queue, passive=True).method.message_count)
    channel.basic_publish('', queue, b'committed')
    counts.append(channel.queue_declare(queue, passive=True).method.message_count)
    channel.tx_commit()
    counts.append(channel.queue_declare(queue, passive=True).method.message_count)
    connection.close()
    return counts


def routing(url):
    connection, channel = connected(url)
    topic, headers = unique('topic'), unique('headers')
    channel.exchange_declare(topic, 'topic', auto_delete=True)
    channel.exchange_declare(headers, 'headers', auto_delete=True)
    errors = channel.queue_declare('', exclusive=True).method.queue
    pictures = channel.queue_declare('', exclusive=True).method.queue
    channel.queue_bind(errors, topic, '#.error')
    channel.exchange_bind(headers, topic, 'media.*')
    channel.queue_bind(pictures, headers, arguments={'x-match': 'all', 'kind': 'png'})
    picture = pika.BasicProperties(headers={'kind': 'png', 'more': 1})
    channel.basic_publish(topic, 'disk.full.error', b'disk')
    channel.basic_publish(topic, 'media.new', b'picture', picture)
    channel.basic_publish(topic, 'media.new', b'sound', pika.BasicProperties(headers={'kind': 'ogg'}))
    channel.basic_publish(topic, 'media.error', b'broken picture', picture)

    def bodies(queue):
        taken = iter(lambda: channel.basic_get(queue, auto_ack=True)[2], None)
        return [body.decode() for body in taken]

    outcome = {'errors': bodies(errors), 'pictures': bodies(pictures)}
    connection.close()
    return outcome


if __name__ == '__main__':
    main(globals())
