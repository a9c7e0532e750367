"""A Celery application as a user would have it; what differs from test to test is environment."""

import json
import os
import signal
import sys
import threading

from celery import Celery
from celery.signals import worker_ready
from kombu import Exchange, Queue

NAME = os.environ['CELERY_QUEUE']

app = Celery('tasks', broker=os.environ['CELERY_BROKER'], backend=os.environ['CELERY_BACKEND'])
app.conf.update(
    task_queues=[
        Queue(
            NAME,
            Exchange(NAME, auto_delete=True, durable=False),
            NAME,
            max_priority=10,
            expires=60.0,
        )
    ],
    task_default_queue=NAME,
    task_default_routing_key=NAME,
    task_default_priority=5,
    result_expires=60,
    result_chord_retry_interval=0.1,
    **json.loads(os.environ.get('CELERY_OPTIONS', '{}')),
)

executed = []


def tell(line):
    """Celery redirects what tasks print to its log; this is for the test."""
    print(line, file=sys.__stdout__, flush=True)


@worker_ready.connect
def on_ready(**_):
    tell('worker is ready')


@app.task
def add(x, y):
    return x + y


@app.task
def total(numbers):
    return sum(numbers)


@app.task
def fail(text):
    raise ValueError(text)


@app.task(bind=True, max_retries=2)
def flaky(self, failures):
    """Succeeds after so many failures; says how often it was tried."""
    if self.request.retries < failures:
        raise self.retry(countdown=0.05, exc=ValueError('not yet'))
    return self.request.retries + 1


@app.task
def in_order(name):
    """How many were executed before this one, for a worker that is one process."""
    executed.append(name)
    return len(executed)


@app.task(bind=True, acks_late=True)
def interrupted(self):
    """Never ends when it comes for the first time."""
    if not self.request.delivery_info['redelivered']:
        tell('task has begun')
        threading.Event().wait()
    return 'done by another'


@app.task(bind=True, acks_late=True, reject_on_worker_lost=True)
def suicidal(self):
    """Takes its process down with it when it comes for the first time."""
    if not self.request.delivery_info['redelivered']:
        os.kill(os.getpid(), signal.SIGKILL)
    return 'done again'
