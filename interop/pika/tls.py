"""Connections over TLS, with a password and with a certificate that says who the client is."""

import ssl

import pika
from scenario import error_of, main


def parameters(url, directory, with_certificate, credentials=None):
    context = ssl.create_default_context(cafile=f'{directory}/ca.pem')
    if with_certificate:
        context.load_cert_chain(f'{directory}/cert.pem', f'{directory}/key.pem')
    given = pika.URLParameters(url)
    given.ssl_options = pika.SSLOptions(context, 'localhost')
    if credentials is not None:
        given.credentials = credentials
    return given


def round_trip(url, directory):
    connection = pika.BlockingConnection(parameters(url, directory, False))
    channel = connection.channel()
    channel.confirm_delivery()
    queue = channel.queue_declare('', exclusive=True).method.queue
    bodies = [b'abc' * (size // 3) for size in (0, 3, 20_000, 3_000_000)]
    for body in bodies:
        channel.basic_publish('', queue, body)
    answer = [channel.basic_get(queue, auto_ack=True)[2] == body for body in bodies]
    connection.close()
    return answer


def external(url, directory):
    credentials = pika.credentials.ExternalCredentials()
    given = parameters(url, directory, True, credentials)
    connection = pika.BlockingConnection(given)
    channel = connection.channel()
    queue = channel.queue_declare('', exclusive=True).method.queue
    channel.basic_publish('', queue, b'', pika.BasicProperties(user_id='ann'))
    user = channel.basic_get(queue, auto_ack=True)[1].user_id
    connection.close()
    return user


def strangers(url, directory):
    given = pika.URLParameters(url)
    given.ssl_options = pika.SSLOptions(ssl.create_default_context(), 'localhost')
    return str(error_of(ssl.SSLError, pika.BlockingConnection, given))


if __name__ == '__main__':
    main(globals())
