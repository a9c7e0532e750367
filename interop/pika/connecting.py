"""Connections: those that open, those that are refused, those that fall silent or are blocked."""

import threading

import pika
from pika.exceptions import (
    AMQPConnectionError,
    ChannelClosedByBroker,
    ConnectionClosedByBroker,
    ProbableAccessDeniedError,
    ProbableAuthenticationError,
)
from scenario import error_of, hear, main, say, unique


def blocking_and_select(url):
    parameters = pika.URLParameters(url)
    blocking = pika.BlockingConnection(parameters)
    frames = []

    def on_open(connection):
        frames.append('open')
        connection.channel(on_open_callback=on_channel)

    def on_channel(channel):
        frames.append('channel')
        channel.connection.close()

    def on_closed(connection, reason):
        frames.append([reason.reply_code, reason.reply_text])
        connection.ioloop.stop()

    select = pika.SelectConnection(
        parameters, on_open_callback=on_open, on_close_callback=on_closed
    )
    select.ioloop.start()
    was_open = blocking.is_open
    blocking.close()
    return {'blocking': was_open, 'select': frames}


def capabilities(url):
    connection = pika.BlockingConnection(pika.URLParameters(url))
    answer = {
        'basic_nack': connection.basic_nack_supported,
        'consumer_cancel_notify': connection.consumer_cancel_notify_supported,
        'exchange_exchange_bindings': connection.exchange_exchange_bindings_supported,
        'publisher_confirms': connection.publisher_confirms_supported,
    }
    connection.close()
    return answer


def wrong_password(url):
    parameters = pika.URLParameters(url)
    parameters.credentials = pika.PlainCredentials('guest', 'wrong')
    error = error_of(AMQPConnectionError, pika.BlockingConnection, parameters)
    return [type(error) is ProbableAuthenticationError, str(error)]


def missing_virtual_host(url):
    parameters = pika.URLParameters(url)
    parameters.virtual_host = 'nowhere'
    error = error_of(AMQPConnectionError, pika.BlockingConnection, parameters)
    return [type(error) is ProbableAccessDeniedError, str(error)]


def blocked(url):
    connection = pika.BlockingConnection(pika.URLParameters(url))
    told = []
    connection.add_on_connection_blocked_callback(
        lambda _, frame: told.append(f'blocked: {frame.method.reason}')
    )
    connection.add_on_connection_unblocked_callback(lambda _, frame: told.append('unblocked'))
    channel = connection.channel()
    queue = channel.queue_declare('', exclusive=True).method.queue

    def wait_for(count):
        while len(told) < count:
            connection.process_data_events(time_limit=1)

    say('connected')
    hear()
    channel.basic_publish('', queue, b'held back')
    wait_for(1)
    say(told[0])
    wait_for(2)
    say(told[1])
    _, _, body = next(channel.consume(queue, auto_ack=True))
    say(body.decode())
    connection.close()


def heartbeats(url):
    parameters = pika.URLParameters(url)
    parameters.heartbeat = 1
    connection = pika.BlockingConnection(parameters)
    idle = []
    hearing = threading.Thread(target=lambda: idle.append(hear()), daemon=True)
    hearing.start()
    say('connected')
    while not idle:
        connection.process_data_events(time_limit=0.1)
    connection.channel()
    say('still connected')
    connection.close()


def broker_stops(url):
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    queue = channel.queue_declare('', exclusive=True).method.queue
    channel.basic_consume(queue, lambda *_: None)
    say('consuming')
    error = error_of(ConnectionClosedByBroker, channel.start_consuming)
    return [error.reply_code, error.reply_text]


def small_frames(url, length):
    parameters = pika.URLParameters(url)
    parameters.frame_max = 4096
    connection = pika.BlockingConnection(parameters)
    channel = connection.channel()
    queue = channel.queue_declare('', exclusive=True).method.queue
    body = bytes(index % 251 for index in range(int(length)))
    channel.basic_publish('', queue, body)
    _, _, received = channel.basic_get(queue, auto_ack=True)
    connection.close()
    return received == body


def channel_limit(url):
    parameters = pika.URLParameters(url)
    parameters.channel_max = 3
    connection = pika.BlockingConnection(parameters)
    numbers = [connection.channel().channel_number for _ in range(3)]
    connection.close()
    return numbers


def channel_errors_leave_the_connection(url):
    connection = pika.BlockingConnection(pika.URLParameters(url))
    sister = connection.channel()
    queue = sister.queue_declare('', exclusive=True).method.queue
    for _ in range(3):
        error_of(
            ChannelClosedByBroker,
            connection.channel().queue_declare,
            unique('missing'),
            passive=True,
        )
    sister.basic_publish('', queue, b'alive')
    _, _, body = sister.basic_get(queue, auto_ack=True)
    connection.close()
    return body.decode()


if __name__ == '__main__':
    main(globals())
