"""What programs do with py-amqp itself, the library below kombu and Celery."""

import hashlib
import socket
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlsplit

import amqp
from amqp.exceptions import (
    AccessRefused,
    ConsumerCancelled,
    MessageNacked,
    NotAllowed,
    NotFound,
    PreconditionFailed,
    ResourceLocked,
)
from scenario import error_of, hear, main, say, unique

HEADERS = {
    'bool': True,
    'int': -42,
    'long': 1 << 40,
    'float': 2.5,
    'text': 'grün ✓',
    'decimal': Decimal('3.14'),
    'when': datetime(2026, 11, 21, 10, 30),
    'none': None,
    'list': ['a', 1, False, None, ['deeper']],
    'table': {'inner': {'innermost': 'bottom'}, 'n': 7},
}


def connected(url, **options):
    address = urlsplit(url)
    given = {'userid': address.username, 'password': address.password, **options}
    connection = amqp.Connection(f'{address.hostname}:{address.port}', **given)
    connection.connect()
    return connection


def private_queue(channel, **arguments):
    given = {'x-' + key.replace('_', '-'): value for key, value in arguments.items()}
    return channel.queue_declare('', exclusive=True, arguments=given).queue


def logins(url):
    opened = []
    for method in ('PLAIN', 'AMQPLAIN'):
        with connected(url, login_method=method) as connection:
            opened.append(connection.connected)
    refusal = error_of(AccessRefused, connected, url, password='wrong')
    lost = error_of(NotAllowed, connected, url, virtual_host='nowhere')
    return {
        'logins': opened,
        'refusal': [refusal.reply_code, refusal.reply_text],
        'lost': [lost.reply_code, lost.reply_text],
    }


def messages(url):
    with connected(url) as connection, connection.channel() as channel:
        queue = private_queue(channel)
        sent = amqp.Message(
            'grün',
            content_type='text/plain',
            content_encoding='utf-8',
            application_headers=HEADERS,
            delivery_mode=2,
            priority=3,
            correlation_id='c-1',
            message_id='m-1',
            expiration='60000',
        )
        channel.basic_publish(sent, routing_key=queue)
        received = channel.basic_get(queue, no_ack=True)
        body = bytes(3_000_000)
        channel.basic_publish(amqp.Message(body), routing_key=queue)
        large = channel.basic_get(queue, no_ack=True).body
        return {
            'headers': [key for key in HEADERS if received.headers[key] != HEADERS[key]],
            'properties': {
                key: value
                for key, value in received.properties.items()
                if key != 'application_headers'
            },
            'body': received.body,
            'large': hashlib.sha256(large).digest() == hashlib.sha256(body).digest(),
        }


def confirms(url):
    with connected(url, confirm_publish=True) as connection, connection.channel() as channel:
        queue = private_queue(channel, max_length=1, overflow='reject-publish')
        channel.basic_publish(amqp.Message('kept'), routing_key=queue)
        error_of(MessageNacked, channel.basic_publish, amqp.Message('refused'), routing_key=queue)
        returned = []
        channel.events['basic_return'].add(
            lambda error, *_: returned.append([error.reply_code, error.reply_text])
        )
        channel.basic_publish(amqp.Message('lost'), routing_key=unique('nobody'), mandatory=True)
        return {'returned': returned, 'kept': channel.basic_get(queue, no_ack=True).body}


def consuming(url):
    with connected(url) as connection, connection.channel() as channel:
        queue = private_queue(channel)
        for number in range(6):
            channel.basic_publish(amqp.Message(str(number)), routing_key=queue)
        channel.basic_qos(0, 2, False)
        seen = []

        def on_message(message):
            redelivered = message.delivery_info['redelivered']
            seen.append([message.body, redelivered])
            if message.body == '3' and not redelivered:
                message.channel.basic_reject(message.delivery_tag, requeue=True)
            else:
                message.channel.basic_ack(message.delivery_tag)

        channel.basic_consume(queue, callback=on_message)
        while len(seen) < 7:
            connection.drain_events(timeout=10)
        return sorted(seen)


def recover(url):
    with connected(url) as connection, connection.channel() as channel:
        queue = private_queue(channel)
        channel.basic_publish(amqp.Message('again'), routing_key=queue)
        seen = []
        channel.basic_consume(
            queue, callback=lambda message: seen.append(message.delivery_info['redelivered'])
        )
        while not seen:
            connection.drain_events(timeout=10)
        channel.basic_recover(requeue=True)
        while len(seen) < 2:
            connection.drain_events(timeout=10)
        return seen


def cancelled(url):
    with connected(url) as connection:
        channel = connection.channel()
        queue = private_queue(channel)
        tag = channel.basic_consume(queue, callback=lambda _: None)
        channel.queue_delete(queue)

        def drain():
            connection.drain_events(timeout=10)

        return error_of(ConsumerCancelled, drain).reply_text == tag


def channel_errors(url):
    """Every error has a class of its own, and the connection goes on."""
    with connected(url) as connection, connected(url) as other:
        name = unique('queue')
        connection.channel().queue_declare(name, exclusive=True, auto_delete=False)
        actions = [
            (NotFound, connection, lambda c: c.queue_declare(f'{name}.missing', passive=True)),
            (
                PreconditionFailed,
                connection,
                lambda c: c.queue_declare(
                    name, exclusive=True, auto_delete=False, arguments={'x-max-length': 5}
                ),
            ),
            (AccessRefused, connection, lambda c: c.exchange_declare('amq.mine', 'direct')),
            (ResourceLocked, other, lambda c: c.queue_purge(name)),
        ]
        outcome = []
        for kind, where, action in actions:
            error = error_of(kind, action, where.channel())
            outcome.append([error.reply_code, error.reply_text.replace(name, 'Q')])
        return [outcome, connection.connected, other.connected]


def blocked(url):
    told = []
    with connected(
        url,
        on_blocked=lambda reason: told.append(f'blocked: {reason}'),
        on_unblocked=lambda: told.append('unblocked'),
    ) as connection:
        channel = connection.channel()
        queue = private_queue(channel)
        say('connected')
        hear()
        channel.basic_publish(amqp.Message('held back'), routing_key=queue)
        for count in (1, 2):
            while len(told) < count:
                connection.drain_events(timeout=10)
            say(told[-1])
        say(channel.basic_get(queue, no_ack=True).body)


def heartbeats(url):
    """As its users do it: events, and a tick every so often."""
    with connected(url, heartbeat=1) as connection:
        start = connection.bytes_recv
        while connection.bytes_recv < start + 8:
            try:
                connection.drain_events(timeout=0.1)
            except socket.timeout:
                pass
            connection.heartbeat_tick()
        return [connection.heartbeat, connection.channel().is_open]


def transactions(url):
    with connected(url) as connection, connection.channel() as channel:
        queue = private_queue(channel)
        channel.tx_select()
        channel.basic_publish(amqp.Message('no'), routing_key=queue)
        channel.tx_rollback()
        channel.basic_publish(amqp.Message('yes'), routing_key=queue)
        channel.tx_commit()
        return [channel.basic_get(queue, no_ack=True).body, channel.basic_get(queue)]


def exchanges(url):
    with connected(url) as connection, connection.channel() as channel:
        source, target = unique('source'), unique('target')
        channel.exchange_declare(source, 'fanout', auto_delete=True)
        channel.exchange_declare(target, 'topic', auto_delete=True)
        queue = private_queue(channel)
        channel.exchange_bind(target, source)
        channel.queue_bind(queue, target, 'a.*')
        channel.basic_publish(amqp.Message('over two'), source, 'a.b')
        body = channel.basic_get(queue, no_ack=True).body
        channel.basic_publish(amqp.Message('nowhere'), source, 'b.a')
        return [body, channel.basic_get(queue)]


if __name__ == '__main__':
    main(globals())
