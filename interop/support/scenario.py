"""What every file of scenarios needs to be run from a test."""

import faulthandler
import json
import sys
import uuid

# A scenario that hangs says where, before the test gives it up.
PATIENCE_SEC = 50


def unique(label):
    """A name that occurs once: the broker may be one that others use."""
    return f'interop.{label}.{uuid.uuid4()}'


def say(line):
    """Tells the test something while the scenario goes on."""
    print(line, flush=True)


def hear():
    """Waits for a line from the test."""
    return sys.stdin.readline().strip()


def error_of(kinds, action, *args, **kwargs):
    """The error that the action must end in."""
    try:
        action(*args, **kwargs)
    except kinds as error:
        return error
    raise AssertionError('there was no error')


def main(scenarios):
    """Runs the scenario that the command line names, and prints what it returns as JSON."""
    name, *arguments = sys.argv[1:]
    faulthandler.dump_traceback_later(PATIENCE_SEC, exit=True)
    outcome = scenarios[name](*arguments)
    if outcome is not None:
        print(json.dumps(outcome))
