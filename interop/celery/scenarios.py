"""What a program does that has its work done by a Celery worker."""

from datetime import datetime, timedelta, timezone

from celery import chain, chord, group, uuid
from celery.exceptions import TaskRevokedError
from scenario import error_of, main
from tasks import NAME, add, app, fail, flaky, in_order, interrupted, suicidal, total

# For a result, on a busy machine.
PATIENCE_SEC = 45


def value(result):
    return result.get(timeout=PATIENCE_SEC)


def results(url):
    error = error_of(ValueError, value, fail.delay('on purpose'))
    many = group(add.s(number, number) for number in range(50))
    return [value(add.delay(2, 3)), str(error), value(many())]


def retries(url):
    succeeded = flaky.delay(2)
    given_up = flaky.apply_async((9,))
    return [value(succeeded), str(error_of(ValueError, value, given_up))]


def estimated_times(url):
    due = datetime.now(timezone.utc) + timedelta(seconds=0.5)
    late = add.apply_async((1, 1), eta=due)
    soon = add.apply_async((2, 2), countdown=0.2)
    return [value(late), datetime.now(timezone.utc) >= due, value(soon)]


def chains(url):
    group_of_chains = group(chain(add.s(number, 1), add.s(10)) for number in range(3))
    broken = chain(add.s(1, 1), fail.si('broken'), add.s(1, 1))
    return [
        value(chain(add.s(1, 2), add.s(3), add.s(4))()),
        value(group_of_chains()),
        str(error_of(ValueError, value, broken().parent)),
    ]


def chords(url):
    header = [add.s(number, number) for number in range(6)]
    return {
        'chord': value(chord(header)(total.s())),
        'group in a chain': value((group(header) | total.s() | add.s(100)).apply_async()),
    }


def priorities(url):
    """Before there is a worker; what they find out is asked for when it has come."""
    results = {
        f'{priority}': in_order.apply_async((priority,), priority=priority).id
        for priority in (1, 9, 5, 7)
    }
    with app.connection_or_acquire() as connection:
        waiting = connection.default_channel.queue_declare(NAME, passive=True).message_count
    return [waiting, results]


def orders(url, *ids):
    return [value(app.AsyncResult(one)) for one in ids]


def remote_control(url, worker):
    inspect = app.control.inspect([worker], timeout=PATIENCE_SEC, limit=1)
    revoked = add.apply_async((1, 1), countdown=3600)
    while not inspect.scheduled()[worker]:
        pass
    revoked.revoke()
    return {
        'ping': inspect.ping()[worker],
        'registered': sorted(name for name in inspect.registered()[worker]),
        'queues': [
            [queue['name'] == NAME, queue['max_priority']]
            for queue in inspect.active_queues()[worker]
        ],
        'pool': inspect.stats()[worker]['pool']['max-concurrency'],
        'revoked': inspect.revoked()[worker] == [revoked.id],
        'rate limit': app.control.rate_limit(
            'tasks.add', '100/s', destination=[worker], reply=True, timeout=PATIENCE_SEC, limit=1
        )[0][worker],
    }


def revoked_before_it_comes(url, worker):
    unwanted = uuid()
    app.control.revoke(unwanted, destination=[worker], reply=True, timeout=PATIENCE_SEC, limit=1)
    error_of(TaskRevokedError, value, add.apply_async((1, 1), task_id=unwanted))
    return value(add.delay(1, 1))


def beyond_the_prefetch_limit(url, count):
    """Tasks for later are held by the worker, and must not keep it from those for now."""
    for number in range(int(count)):
        add.apply_async((number, 0), countdown=3600)
    return value(add.delay(20, 22))


def now(url, x, y):
    return value(add.delay(int(x), int(y)))


def begin_interrupted(url):
    return interrupted.delay().id


def lost_process(url):
    return value(suicidal.delay())


if __name__ == '__main__':
    main(globals())
