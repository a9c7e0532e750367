"""What programs do with kombu: producers, consumers, simple queues, pools, outages."""

from queue import Empty

from amqp.exceptions import MessageNacked
from kombu import Connection, Consumer, Exchange, Producer, Queue
from kombu.common import Broadcast
from kombu.mixins import ConsumerMixin, ConsumerProducerMixin
from kombu.pools import connections, producers
from scenario import error_of, hear, main, say, unique


def drain(connection, is_done):
    """Events until all is there that is waited for."""
    while not is_done():
        connection.drain_events(timeout=10)


def produced_and_consumed(url):
    """The first example of its documentation: declared by the producer, consumed by callbacks."""
    media = Exchange(unique('media'), 'direct', auto_delete=True, durable=False)
    videos = Queue(unique('video'), media, 'video', exclusive=True)
    images = Queue(unique('image'), media, 'image', exclusive=True)
    seen = []

    def on_message(body, message):
        seen.append([message.delivery_info['routing_key'], body])
        message.ack()

    with Connection(url) as connection:
        producer = connection.Producer(serializer='json')
        for queue in (videos, images):
            queue(connection.default_channel).declare()
        for kind in ('video', 'image', 'sound', 'video'):
            producer.publish({'kind': kind, 'size': 7}, exchange=media, routing_key=kind)
        with connection.Consumer([videos, images], callbacks=[on_message]):
            drain(connection, lambda: len(seen) == 3)
    return sorted(seen, key=str)


def serializers_and_compression(url):
    value = {'text': 'grün ✓', 'list': [1, 2.5, None, True], 'deep': {'er': ['x']}}
    outcome = []
    with Connection(url) as connection:
        queue = Queue(unique('serialized'), exclusive=True)(connection.default_channel)
        queue.declare()
        producer = connection.Producer()
        ways = [('json', None), ('pickle', None), ('yaml', None), ('json', 'gzip'), ('json', 'bzip2')]
        for serializer, compression in ways:
            producer.publish(
                value, routing_key=queue.name, serializer=serializer, compression=compression
            )
            message = queue.get(no_ack=True, accept=['json', 'pickle', 'yaml'])
            outcome.append(
                [message.content_type, message.headers.get('compression'), message.payload == value]
            )
    return outcome


def simple_queue(url):
    with Connection(url, transport_options={'confirm_publish': True}) as connection:
        options = {'durable': False, 'auto_delete': True}
        with connection.SimpleQueue(
            unique('simple'), queue_opts=options, exchange_opts=options
        ) as queue:
            for number in range(3):
                queue.put({'number': number})
            size = queue.qsize()
            taken = []
            for _ in range(3):
                message = queue.get(timeout=10)
                taken.append(message.payload['number'])
                message.ack()
            error_of(Empty, queue.get, block=False)
            return [size, taken, queue.qsize()]


def pools(url):
    name = unique('pooled')
    with Connection(url) as connection:
        queue = Queue(name, exclusive=True)(connection.default_channel)
        queue.declare()
        for number in range(10):
            with producers[connection].acquire(block=True) as producer:
                producer.publish(number, routing_key=name, retry=True)
        pool = connections[connection]
        with pool.acquire(block=True) as one, pool.acquire(block=True) as two:
            different = one is not two
        taken = [queue.get(no_ack=True).payload for _ in range(10)]
        pool.force_close_all()
        producers[connection].force_close_all()
    return [different, taken]


def confirmed(url):
    """With confirm_publish, a publish that is refused or has come to nothing is an error."""
    with Connection(url, transport_options={'confirm_publish': True}) as connection:
        queue = Queue(
            unique('full'),
            exclusive=True,
            max_length=1,
            queue_arguments={'x-overflow': 'reject-publish'},
        )(connection.default_channel)
        queue.declare()
        producer = connection.Producer()
        producer.publish('kept', routing_key=queue.name)
        error_of(
            MessageNacked,
            producer.publish,
            'refused',
            routing_key=queue.name,
        )
        returned = []
        strict = connection.Producer(on_return=lambda error, *_: returned.append(error.reply_text))
        strict.publish('lost', routing_key=unique('nobody'), mandatory=True)
        return [returned, queue.get(no_ack=True).payload]


def dead_letters(url):
    with Connection(url) as connection:
        channel = connection.default_channel
        graveyard = Exchange(unique('graveyard'), 'topic', auto_delete=True, durable=False)
        dead = Queue(unique('dead'), graveyard, '#', exclusive=True)(channel)
        dead.declare()
        work = Queue(
            unique('work'),
            exclusive=True,
            queue_arguments={
                'x-dead-letter-exchange': graveyard.name,
                'x-dead-letter-routing-key': 'given.up',
            },
        )(channel)
        work.declare()
        producer = connection.Producer()
        producer.publish('rejected', routing_key=work.name)
        producer.publish('expired', routing_key=work.name, expiration=0.01)
        work.get().reject()
        letters = []

        def on_message(body, message):
            (death,) = message.headers['x-death']
            letters.append(
                [body, death['reason'], death['count'], message.delivery_info['routing_key']]
            )
            message.ack()

        with connection.Consumer(dead, callbacks=[on_message]):
            drain(connection, lambda: len(letters) == 2)
    return letters


def queue_options(url):
    """Its words for RabbitMQ's arguments, and what it says when they differ."""
    with Connection(url) as connection:
        name = unique('options')
        options = {'expires': 60.0, 'message_ttl': 30.0, 'max_length': 9, 'max_priority': 3}
        queue = Queue(name, exclusive=True, **options)(connection.default_channel)
        queue.declare()
        producer = connection.Producer()
        for priority in (0, 2, 3, 1):
            producer.publish(priority, routing_key=name, priority=priority)
        taken = [queue.get(no_ack=True).payload for _ in range(4)]
        other = Queue(name, exclusive=True, **{**options, 'max_priority': 4})
        error = error_of(connection.channel_errors, other(connection.channel()).declare)
        return [taken, error.reply_code, error.reply_text.replace(name, 'Q')]


def prefetch(url):
    with Connection(url) as connection:
        queue = Queue(unique('prefetch'), exclusive=True)(connection.default_channel)
        queue.declare()
        producer = connection.Producer()
        for number in range(4):
            producer.publish(number, routing_key=queue.name)
        held = []
        consumer = Consumer(connection.default_channel, [queue], on_message=held.append)
        consumer.qos(prefetch_count=3)
        with consumer:
            drain(connection, lambda: len(held) == 3)
            waiting = queue.queue_declare(passive=True).message_count
            before = len(held)
            held[0].ack()
            drain(connection, lambda: len(held) == 4)
        return [before, waiting, [message.payload for message in held]]


def broadcast(url):
    """Every receiver has a queue of its own."""
    exchange = Exchange(unique('broadcast'), 'fanout', auto_delete=True, durable=False)
    seen = []
    with Connection(url) as connection:
        receivers = [
            Consumer(
                connection.channel(),
                [Broadcast(queue=unique(name), exchange=exchange)],
                callbacks=[lambda body, message, name=name: seen.append([name, body])],
                no_ack=True,
            )
            for name in ('one', 'two')
        ]
        for receiver in receivers:
            receiver.consume()
        connection.Producer(exchange=exchange).publish('to all')
        drain(connection, lambda: len(seen) == 2)
    return sorted(seen)


def rpc(url):
    """A server in the style of its documentation, and a client with a queue for answers."""
    requests = Queue(unique('rpc'), auto_delete=True, durable=False)

    class Server(ConsumerProducerMixin):
        def __init__(self, connection):
            self.connection = connection

        def get_consumers(self, consumer_class, channel):
            return [consumer_class([requests], on_message=self.on_request, accept={'json'})]

        def on_request(self, message):
            self.producer.publish(
                {'square': message.payload**2},
                routing_key=message.properties['reply_to'],
                correlation_id=message.properties['correlation_id'],
            )
            message.ack()
            self.should_stop = message.payload == 9

    with Connection(url) as connection:
        channel = connection.default_channel
        requests(channel).declare()
        answers = Queue(unique('answers'), exclusive=True)(channel)
        answers.declare()
        producer = connection.Producer()
        for number in (3, 9):
            producer.publish(
                number,
                routing_key=requests.name,
                reply_to=answers.name,
                correlation_id=f'c-{number}',
            )
        with Connection(url) as serving:
            Server(serving).run()
        seen = []
        with connection.Consumer(answers, on_message=seen.append, no_ack=True):
            drain(connection, lambda: len(seen) == 2)
    return [[message.properties['correlation_id'], message.payload] for message in seen]


def survives_outages(url):
    """A consumer that comes back by itself, told to the test step by step."""
    queue = Queue(unique('outage'), durable=True, expires=60.0)

    class Worker(ConsumerMixin):
        connect_max_retries = 20

        def __init__(self, connection):
            self.connection = connection

        def get_consumers(self, consumer_class, channel):
            return [consumer_class([queue], callbacks=[self.on_body])]

        def on_consume_ready(self, connection, channel, consumers, **_):
            say('consuming')
            Producer(channel).publish(hear(), routing_key=queue.name)

        def on_body(self, body, message):
            message.ack()
            # When this is answered the broker has the acknowledgement, whatever is cut then.
            message.channel.queue_declare(queue.name, passive=True)
            say(body)
            self.should_stop = body == 'last'

    with Connection(url) as connection:
        Worker(connection).run()
        queue(connection.default_channel).delete()


def publish_is_retried(url):
    """`retry` brings the connection back, and what it had declared, and publishes again."""
    exchange = Exchange(unique('retried'), 'direct', durable=True)
    queue = Queue(unique('retried'), exchange, 'k', durable=True, expires=60.0)
    with Connection(url) as connection:
        producer = Producer(connection.channel())
        policy = {'interval_start': 0.05, 'interval_step': 0.05, 'max_retries': 50}
        options = {'declare': [queue], 'retry': True, 'retry_policy': policy}
        options.update(exchange=exchange, routing_key='k')
        producer.publish('before', **options)
        say('published')
        hear()
        producer.publish('after', **options)
        bound = queue(connection.default_channel)
        say([bound.get(no_ack=True).payload for _ in range(2)])
        bound.delete()
        bound.exchange.delete()


def virtual_host(url, other):
    with Connection(url) as connection, connection.clone(virtual_host=other) as lost:
        queue = Queue(unique('tenant'), exclusive=True)(connection.default_channel)
        queue.declare()
        connection.Producer().publish('here', routing_key=queue.name)
        error = error_of(lost.connection_errors, lost.connect)
        return [
            connection.virtual_host,
            queue.get(no_ack=True).payload,
            error.reply_code,
            error.reply_text,
        ]


if __name__ == '__main__':
    main(globals())
