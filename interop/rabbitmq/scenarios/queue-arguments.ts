// Which arguments a queue takes, and how they are compared when it is declared again.

import type { Table } from '../stage/channel.ts'
import type { Scenario, Topic } from '../stage/stage.ts'
import { typed } from '../stage/typed.ts'

/** Declares a queue with each of the tables, and tries to do so again when it was taken. */
function declares(...tables: Table[]): Scenario {
  return async ({ a }) => {
    for (const [index, table] of tables.entries()) {
      const name = await a.queue(`q${index}`, table, { durable: true })
      if (name !== '') await a.queue(name, table, { durable: true })
    }
  }
}

/** Declares a queue with the first table, and again with each of the others. */
function redeclares(first: Table, ...others: Table[]): Scenario {
  return async ({ a }) => {
    await a.queue('q', first, { durable: true })
    for (const table of others) await a.queue('q', table, { durable: true })
  }
}

const negative = -1
const huge = 315_360_000_001

export const queueArguments: Topic = {
  topic: 'queue arguments',
  scenarios: {
    'x-message-ttl takes what is a number of milliseconds': declares(
      { 'x-message-ttl': 0 },
      { 'x-message-ttl': 60_000 },
      { 'x-message-ttl': 315_360_000_000 },
    ),
    'x-message-ttl refuses the rest': declares(
      { 'x-message-ttl': negative },
      { 'x-message-ttl': huge },
      { 'x-message-ttl': '60000' },
      { 'x-message-ttl': 1.5 },
      { 'x-message-ttl': true },
    ),
    'x-expires takes what is above zero': declares({ 'x-expires': 1000_000 }, { 'x-expires': 1.5 }),
    'x-expires refuses the rest': declares(
      { 'x-expires': 0 },
      { 'x-expires': negative },
      { 'x-expires': huge },
      { 'x-expires': 'soon' },
    ),
    'x-max-length takes numbers': declares({ 'x-max-length': 0 }, { 'x-max-length': 10 }),
    'x-max-length refuses the rest': declares(
      { 'x-max-length': negative },
      { 'x-max-length': 'ten' },
      { 'x-max-length': 1.5 },
    ),
    'x-max-length-bytes takes and refuses the same': declares(
      { 'x-max-length-bytes': 0 },
      { 'x-max-length-bytes': 5_000_000_000 },
      { 'x-max-length-bytes': negative },
      { 'x-max-length-bytes': 'ten' },
    ),
    'x-overflow takes three words': declares(
      { 'x-overflow': 'drop-head' },
      { 'x-overflow': 'reject-publish' },
      { 'x-overflow': 'reject-publish-dlx' },
      { 'x-overflow': 'drop-tail' },
      { 'x-overflow': 1 },
    ),
    'x-max-priority takes a byte': declares(
      { 'x-max-priority': 0 },
      { 'x-max-priority': 1 },
      { 'x-max-priority': 255 },
      { 'x-max-priority': 256 },
      { 'x-max-priority': negative },
      { 'x-max-priority': '5' },
    ),
    'x-dead-letter-exchange is a text': declares(
      { 'x-dead-letter-exchange': 'x' },
      { 'x-dead-letter-exchange': '' },
      { 'x-dead-letter-exchange': 1 },
      { 'x-dead-letter-exchange': true },
    ),
    'x-dead-letter-routing-key needs an exchange': declares(
      { 'x-dead-letter-routing-key': 'k' },
      { 'x-dead-letter-exchange': 'x', 'x-dead-letter-routing-key': 'k' },
      { 'x-dead-letter-exchange': 'x', 'x-dead-letter-routing-key': 1 },
    ),
    'x-single-active-consumer is a boolean': declares(
      { 'x-single-active-consumer': true },
      { 'x-single-active-consumer': false },
      { 'x-single-active-consumer': 'true' },
      { 'x-single-active-consumer': 1 },
    ),
    'x-queue-mode takes two words': declares(
      { 'x-queue-mode': 'default' },
      { 'x-queue-mode': 'lazy' },
      { 'x-queue-mode': 'eager' },
      { 'x-queue-mode': 1 },
    ),
    'x-queue-version takes two numbers': declares(
      { 'x-queue-version': 1 },
      { 'x-queue-version': 2 },
      { 'x-queue-version': 3 },
      { 'x-queue-version': '1' },
    ),
    'x-queue-master-locator takes strategies': declares(
      { 'x-queue-master-locator': 'client-local' },
      { 'x-queue-master-locator': 'min-masters' },
      { 'x-queue-master-locator': 'random' },
    ),
    'x-queue-master-locator that is unknown': declares({ 'x-queue-master-locator': 'nearest' }),
    'x-queue-master-locator that is no text': declares({ 'x-queue-master-locator': 1 }),
    'x-queue-type takes three words': declares(
      { 'x-queue-type': 'classic' },
      { 'x-queue-type': 'quorum' },
      { 'x-queue-type': 'stream' },
      { 'x-queue-type': 'elastic' },
      { 'x-queue-type': '' },
      { 'x-queue-type': 1 },
    ),
    'unknown arguments of any type are kept': declares(
      { 'x-mine': 1 },
      { 'x-mine': { nested: ['a', 1] } },
      { ha: 'all' },
      { 'x-mine': null },
    ),
    'arguments of a classic queue which only others know': declares(
      { 'x-delivery-limit': 5 },
      { 'x-max-age': '1h' },
      { 'x-quorum-initial-group-size': 3 },
      { 'x-stream-max-segment-size-bytes': 1000 },
      { 'x-max-in-memory-length': 5 },
    ),
    'a value that differs is named': redeclares(
      { 'x-message-ttl': 1000 },
      { 'x-message-ttl': 2000 },
      {},
      { 'x-message-ttl': 1000, 'x-expires': 5000 },
    ),
    'an argument that was not there is named': redeclares(
      {},
      { 'x-message-ttl': 1000 },
      { 'x-dead-letter-exchange': 'x' },
      { 'x-max-priority': 4 },
      { 'x-overflow': 'drop-head' },
      { 'x-single-active-consumer': true },
    ),
    'numbers are compared across their widths': redeclares(
      { 'x-max-length': typed('I', 5) },
      { 'x-max-length': typed('l', 5n) },
      { 'x-max-length': typed('s', 5) },
      { 'x-max-length': typed('b', 5) },
      { 'x-max-length': typed('B', 5) },
      { 'x-max-length': typed('u', 5) },
      { 'x-max-length': typed('i', 5) },
      { 'x-max-length': typed('l', 6n) },
    ),
    'texts and numbers are not the same': redeclares(
      { 'x-dead-letter-exchange': 'x', 'x-dead-letter-routing-key': '5' },
      { 'x-dead-letter-exchange': 'y', 'x-dead-letter-routing-key': '5' },
      { 'x-dead-letter-exchange': 'x', 'x-dead-letter-routing-key': '6' },
      { 'x-dead-letter-exchange': 'x' },
    ),
    'classic is what a queue is by default': redeclares(
      {},
      { 'x-queue-type': 'classic' },
      { 'x-queue-type': 'quorum' },
    ),
    'classic by name is what a queue is by default': redeclares(
      { 'x-queue-type': 'classic' },
      {},
      { 'x-queue-type': 'stream' },
    ),
    'unknown arguments are compared or not': redeclares(
      { 'x-mine': 1 },
      { 'x-mine': 2 },
      {},
      { 'x-mine': 1, 'x-other': 1 },
    ),
    'x-queue-mode and x-queue-version are compared or not': redeclares(
      { 'x-queue-mode': 'lazy', 'x-queue-version': 1 },
      { 'x-queue-mode': 'default', 'x-queue-version': 1 },
      { 'x-queue-mode': 'lazy', 'x-queue-version': 2 },
      {},
    ),
    'x-max-length, x-max-length-bytes and x-overflow are compared': redeclares(
      { 'x-max-length': 5, 'x-max-length-bytes': 50, 'x-overflow': 'reject-publish' },
      { 'x-max-length': 6, 'x-max-length-bytes': 50, 'x-overflow': 'reject-publish' },
      { 'x-max-length': 5, 'x-max-length-bytes': 60, 'x-overflow': 'reject-publish' },
      { 'x-max-length': 5, 'x-max-length-bytes': 50, 'x-overflow': 'drop-head' },
      {
        'x-max-length': 5,
        'x-max-length-bytes': 50,
        'x-overflow': 'reject-publish',
        'x-expires': 1,
      },
    ),
    'x-max-priority and x-single-active-consumer are compared': redeclares(
      { 'x-max-priority': 5, 'x-single-active-consumer': true },
      { 'x-max-priority': 6, 'x-single-active-consumer': true },
      { 'x-max-priority': 5, 'x-single-active-consumer': false },
      { 'x-max-priority': 5 },
    ),
    'the first of several mistakes is named': declares(
      { 'x-message-ttl': negative, 'x-expires': 0 },
      { 'x-expires': 0, 'x-message-ttl': negative },
      { 'x-dead-letter-exchange': 1, 'x-expires': 0 },
      { 'x-dead-letter-routing-key': 'k', 'x-max-priority': 300 },
    ),
  },
}
