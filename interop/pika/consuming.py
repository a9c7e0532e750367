"""What pika's consumers do: prefetch, acknowledgements, cancellation, priorities, retries."""

import threading

import pika
from scenario import main, unique


def connected(url):
    connection = pika.BlockingConnection(pika.URLParameters(url))
    return connection, connection.channel()


def private_queue(channel, **arguments):
    given = {'x-' + key.replace('_', '-'): value for key, value in arguments.items()}
    return channel.queue_declare('', exclusive=True, arguments=given).method.queue


def ready(channel, queue):
    """A round trip besides: whatever the broker had sent before has arrived then."""
    return channel.queue_declare(queue, passive=True).method.message_count


def take(channel, queue):
    _, _, body = channel.basic_get(queue, auto_ack=True)
    return body and body.decode()


def prefetch(url):
    connection, channel = connected(url)
    queue = private_queue(channel)
    for number in range(5):
        channel.basic_publish('', queue, str(number))
    channel.basic_qos(prefetch_count=2)
    received = []
    channel.basic_consume(queue, lambda _, method, __, body: received.append(method.delivery_tag))
    held = []
    while len(held) < 3:
        connection.process_data_events(time_limit=1)
        if len(received) == 2:
            held.append(ready(channel, queue))
            connection.process_data_events(time_limit=0)
            assert len(received) == 2, 'more than the prefetch limit'
            channel.basic_ack(received[-1], multiple=True)
            received.clear()
        elif len(received) == 1 and len(held) == 2:
            held.append(ready(channel, queue))
    connection.close()
    return held


def requeued_and_rejected(url):
    connection, channel = connected(url)
    dead = private_queue(channel)
    queue = private_queue(channel, dead_letter_exchange='', dead_letter_routing_key=dead)
    channel.basic_publish('', queue, b'twice')
    seen = []
    for method, _, body in channel.consume(queue):
        seen.append([body.decode(), method.redelivered])
        if len(seen) == 1:
            channel.basic_nack(method.delivery_tag, requeue=True)
        else:
            channel.basic_reject(method.delivery_tag, requeue=False)
            break
    channel.cancel()
    dead_letter = None
    while dead_letter is None:
        _, properties, dead_letter = channel.basic_get(dead, auto_ack=True)
    (death,) = properties.headers['x-death']
    outcome = {
        'seen': seen,
        'dead': dead_letter.decode(),
        'reason': death['reason'],
        'count': death['count'],
        'queue': death['queue'] == queue,
        'first': properties.headers['x-first-death-reason'],
    }
    connection.close()
    return outcome


def lost_with_its_connection(url):
    """What a consumer had not acknowledged when its connection ended comes back."""
    owner, channel = connected(url)
    queue = unique('lost')
    channel.queue_declare(queue, arguments={'x-expires': 60000})
    for body in ('acknowledged', 'pending'):
        channel.basic_publish('', queue, body)
    worker, worker_channel = connected(url)
    method, _, _ = worker_channel.basic_get(queue)
    worker_channel.basic_ack(method.delivery_tag)
    worker_channel.basic_get(queue)
    worker.close()
    method = None
    while method is None:
        method, _, body = channel.basic_get(queue, auto_ack=True)
    channel.queue_delete(queue)
    owner.close()
    return [body.decode(), method.redelivered]


def cancelled_by_the_broker(url):
    connection, channel = connected(url)
    queue = private_queue(channel)
    cancelled = []
    channel.add_on_cancel_callback(lambda frame: cancelled.append(frame.method.consumer_tag))
    tag = channel.basic_consume(queue, lambda *_: None)
    channel.queue_delete(queue)
    while not cancelled:
        connection.process_data_events(time_limit=1)
    connection.close()
    return cancelled == [tag]


def retried_until_given_up(url, retries):
    """The usual retry: rejected to a queue whose messages expire back to where they came from."""
    connection, channel = connected(url)
    work, retry = unique('work'), unique('retry')
    parked = private_queue(channel)
    channel.queue_declare(
        work,
        exclusive=True,
        arguments={'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': retry},
    )
    channel.queue_declare(
        retry,
        exclusive=True,
        arguments={
            'x-dead-letter-exchange': '',
            'x-dead-letter-routing-key': work,
            'x-message-ttl': 20,
        },
    )
    channel.basic_publish('', work, b'fails', pika.BasicProperties(message_id='m'))
    attempts = []
    for method, properties, body in channel.consume(work):
        deaths = (properties.headers or {}).get('x-death', [])
        attempts.append([[death['reason'], death['count']] for death in deaths])
        if len(attempts) <= int(retries):
            channel.basic_nack(method.delivery_tag, requeue=False)
            continue
        channel.basic_publish('', parked, body, properties)
        channel.basic_ack(method.delivery_tag)
        break
    channel.cancel()
    outcome = {
        'attempts': attempts,
        'left': [ready(channel, work), ready(channel, retry)],
        'parked': take(channel, parked),
    }
    connection.close()
    return outcome


def expired(url):
    connection, channel = connected(url)
    dead = private_queue(channel)
    queue = private_queue(channel, dead_letter_exchange='', dead_letter_routing_key=dead)
    channel.basic_publish('', queue, b'short', pika.BasicProperties(expiration='1'))
    _, properties, body = next(channel.consume(dead, auto_ack=True))
    (death,) = properties.headers['x-death']
    outcome = [body.decode(), death['reason'], death['original-expiration'], properties.expiration]
    connection.close()
    return outcome


def priorities(url):
    connection, channel = connected(url)
    queue = private_queue(channel, max_priority=5)
    for body, priority in (('low', 1), ('none', None), ('high', 5), ('beyond', 9), ('mid', 3)):
        channel.basic_publish('', queue, body, pika.BasicProperties(priority=priority))
    taken = [take(channel, queue) for _ in range(5)]
    connection.close()
    return taken


def single_active_consumer(url):
    connection, first = connected(url)
    queue = private_queue(first, single_active_consumer=True)
    second = connection.channel()
    seen = []

    def consumer(name):
        def on_message(channel, method, _, body):
            seen.append([name, body.decode()])
            channel.basic_ack(method.delivery_tag)

        return on_message

    tag = first.basic_consume(queue, consumer('first'))
    second.basic_consume(queue, consumer('second'))
    for body in ('a', 'b', 'c'):
        first.basic_publish('', queue, body)
    while len(seen) < 3:
        connection.process_data_events(time_limit=1)
    first.basic_cancel(tag)
    first.basic_publish('', queue, b'd')
    while len(seen) < 4:
        connection.process_data_events(time_limit=1)
    connection.close()
    return seen


def direct_reply(url):
    connection, channel = connected(url)
    queue = private_queue(channel)

    def serve(served, method, properties, body):
        answer = pika.BasicProperties(correlation_id=properties.correlation_id)
        served.basic_publish('', properties.reply_to, body.upper(), answer)
        served.basic_ack(method.delivery_tag)

    connection.channel().basic_consume(queue, serve)
    answers = []
    channel.basic_consume(
        'amq.rabbitmq.reply-to',
        lambda _, __, properties, body: answers.append([properties.correlation_id, body.decode()]),
        auto_ack=True,
    )
    request = pika.BasicProperties(reply_to='amq.rabbitmq.reply-to', correlation_id='7')
    channel.basic_publish('', queue, b'hello', request)
    while not answers:
        connection.process_data_events(time_limit=1)
    connection.close()
    return answers


def acknowledged_from_threads(url, count):
    """Work in threads, acknowledgements on the connection's own, as pika asks for."""
    connection, channel = connected(url)
    queue = private_queue(channel)
    for number in range(int(count)):
        channel.basic_publish('', queue, str(number))
    done = []
    threads = []

    def acknowledge(tag, body):
        channel.basic_ack(tag)
        done.append(int(body))
        if len(done) == int(count):
            channel.stop_consuming()

    def work(tag, body):
        connection.add_callback_threadsafe(lambda: acknowledge(tag, body))

    def on_message(_, method, __, body):
        thread = threading.Thread(target=work, args=(method.delivery_tag, body))
        thread.start()
        threads.append(thread)

    channel.basic_qos(prefetch_count=4)
    channel.basic_consume(queue, on_message)
    channel.start_consuming()
    for thread in threads:
        thread.join()
    outcome = [sorted(done) == list(range(int(count))), ready(channel, queue)]
    connection.close()
    return outcome


def select_consumer(url, count):
    """The asynchronous style: every step is a callback of the one before."""
    received = []

    def on_channel(channel):
        channel.queue_declare('', exclusive=True, callback=lambda ok: on_queue(channel, ok))

    def on_queue(channel, declared):
        queue = declared.method.queue
        channel.queue_bind(
            queue, 'amq.topic', f'{queue}.*', callback=lambda _: on_bound(channel, queue)
        )

    def on_bound(channel, queue):
        channel.basic_qos(prefetch_count=10, callback=lambda _: on_limited(channel, queue))

    def on_limited(channel, queue):
        channel.basic_consume(queue, on_message)
        for number in range(int(count)):
            channel.basic_publish('amq.topic', f'{queue}.{number}', str(number))

    def on_message(channel, method, _, body):
        received.append(int(body))
        channel.basic_ack(method.delivery_tag)
        if len(received) == int(count):
            channel.connection.close()

    connection = pika.SelectConnection(
        pika.URLParameters(url),
        on_open_callback=lambda opened: opened.channel(on_open_callback=on_channel),
        on_close_callback=lambda closed, _: closed.ioloop.stop(),
    )
    connection.ioloop.start()
    return received == list(range(int(count)))


if __name__ == '__main__':
    main(globals())
