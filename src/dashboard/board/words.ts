// AMQP's words for what bull-board calls by those of job queues. Its texts are in one file for each
// language; ours are made from the English one.

/** Texts, and groups of them. */
export interface Words {
  readonly [key: string]: string | Words
}

/** In this order; what stands in double braces is a name of a value, and stays. */
const REWRITTEN: readonly (readonly [RegExp, string])[] = [
  [/\bJobs\b/g, 'Messages'],
  [/\bjobs\b/g, 'messages'],
  [/\bJob\b/g, 'Message'],
  [/\bjob\b/g, 'message'],
  [/\bWorkers\b/g, 'Consumers'],
  [/\bworkers\b/g, 'consumers'],
  [/\bworker process\b/g, 'consumer'],
  [/\bWorker\b/g, 'Consumer'],
  [/\bworker\b/g, 'consumer'],
  [/\bRetry\b/g, 'Re-publish'],
  [/\bretry\b/g, 're-publish'],
  [/\bRetrying\b/g, 'Re-publishing'],
  [/\bPromote\b/g, 'Deliver now'],
  [/\bpromote\b/g, 'deliver now'],
  [/\bfailed\b/g, 'dead-lettered'],
  [/\bFailed\b/g, 'Dead-lettered'],
  [/\bWaiting\b/g, 'Ready'],
  [/\bActive\b/g, 'Unacked'],
  [/\bClean\b/g, 'Delete'],
  [/\bclean\b/g, 'delete'],
  [/\bObliterate\b/g, 'Delete queue'],
  [/\bobliterate\b/g, 'delete'],
  [/\bobliteration\b/g, 'it is deleted'],
]

/** Where other words alone would not be true. */
const OVERRIDES: Words = {
  DASHBOARD: { EMPTY_STATE_FILTERED: 'No queues have such messages.' },
  JOB: {
    WILL_RUN_AT: 'Will be delivered at',
    DELAY_CHANGED: '',
    DELAYED_FOR: '',
    FAILED_AT: 'Dead-lettered at',
    ATTEMPTS: 'delivered {{attempts}} times',
    NO_PROGRESS: 'Nothing is known of it',
    NO_ERRORS: 'It is no dead letter',
    NO_LOGS: 'It has died nowhere',
    SHOW_PROGRESS_BTN: 'Show delivery',
    ACTIONS: {
      DUPLICATE: 'Publish again …',
      CONFIRM: {
        PROMOTE: 'Deliver this message now?',
        RETRY: 'Put this message back into the queue that it died in?',
        CLEAN: 'Delete this message?',
      },
    },
    TABS: { DATA: 'Message', PROGRESS: 'Delivery', LOGS: 'Deaths', ERROR: 'Reason' },
  },
  QUEUE: {
    EMPTY_STATE: 'No such messages in this queue.',
    ACTIONS: {
      ADD_JOB: 'Publish …',
      EMPTY: 'Purge',
      OBLITERATE: 'Delete queue',
      RETRY_ALL: 'Re-publish all',
      RETRY_ALL_FAILED: 'Re-publish all {{count}} dead-lettered messages',
      PROMOTE_ALL: 'Deliver all now',
      CLEAN_ALL: 'Delete all',
      CONFIRM: {
        RETRY_ALL: 'Put all messages back into the queues that they died in?',
        RETRY_FAILED_QUEUES:
          'Put {{jobs}} dead-lettered messages of {{count}} queues back into the queues that they died in?',
        CLEAN_ALL: 'Delete all these messages?',
        PROMOTE_ALL: 'Deliver all delayed messages now?',
        PAUSE_QUEUE: 'Stop the delivery to consumers? Messages are still accepted.',
        RESUME_QUEUE: 'Go on with the delivery to consumers?',
        EMPTY_QUEUE: 'Delete all messages that are ready? Those that consumers have stay.',
        OBLITERATE_QUEUE:
          'Delete this queue, with all its messages and bindings?\n\nThe queue must be paused first.',
        OBLITERATE_FORCE: 'Delete it all the same',
        OBLITERATE_FORCE_DESCRIPTION:
          '{{jobs}} messages are unacknowledged. They are lost with the queue.',
      },
      TOAST: {
        RETRY_PENDING: 'Re-publishing …',
        RETRY_DONE: 'The messages are back where they died',
        RETRY_SKIPPED:
          '{{count}} messages stay: they died in no queue, or the queue where they died is gone.',
        RETRY_QUEUES_PENDING: 'Re-publishing {{jobs}} messages of {{count}} queues …',
        RETRY_QUEUES_DONE: '{{jobs}} messages of {{count}} queues are back where they died',
      },
    },
    STATUS: { LATEST: 'All' },
    INFO: { TYPE: 'Bull-board type', DEFAULTS: 'Arguments' },
    WORKERS: { EMPTY_HINT: '', CONNECTED: '', EMPTY_PAUSED: 'Nothing is consuming this queue.' },
  },
  SETTINGS: { LANGUAGE: 'Dates and numbers as in' },
  ADD_JOB: {
    TITLE: 'Publish a message',
    TITLE_duplicate: 'Publish a message like this one',
    QUEUE_NAME: 'Queue',
    JOB_NAME: 'Routing key (empty: the name of the queue)',
    JOB_DATA: 'Message',
    JOB_OPTIONS: 'Options: delay in milliseconds, priority',
    ADD: 'Publish',
    DUPLICATE: 'Publish',
  },
  ERRORS: {
    FORBIDDEN: 'Not permitted',
    INTERNAL_SERVER_ERROR: 'The broker could not do that',
    JOB_EDIT_NOT_SUPPORTED: 'Refused',
    JOB_NOT_FOUND: 'The message is not there any more',
    QUEUE_NOT_FOUND: 'The queue is not there any more',
    QUEUE_READ_ONLY: 'You may look at this queue, and change nothing',
    QUEUE_NOT_PAUSED: 'The queue must be paused before it is deleted',
  },
}

/** Of bull-board's English texts. */
export function amqpWords(words: Words): Words {
  return merged(rewritten(words), OVERRIDES)
}

function rewritten(words: Words): Words {
  const entries = Object.entries(words).map(([key, value]) => [
    key,
    typeof value === 'string' ? rewrittenText(value) : rewritten(value),
  ])
  return Object.fromEntries(entries) as Words
}

function rewrittenText(text: string): string {
  const parts = text.split(/(\{\{.*?\}\}|\$t\(.*?\))/)
  return parts.map((part, index) => (index % 2 === 1 ? part : rewrittenPart(part))).join('')
}

function rewrittenPart(text: string): string {
  return REWRITTEN.reduce((result, [pattern, word]) => result.replaceAll(pattern, word), text)
}

/** Throws for a text that is not there: it would never be seen. */
function merged(words: Words, overrides: Words, path = ''): Words {
  const result: Record<string, string | Words> = { ...words }
  for (const [key, value] of Object.entries(overrides)) {
    const before = words[key]
    if (typeof before !== typeof value) throw new Error(`bull-board has no text ${path}${key}`)
    result[key] =
      typeof value === 'string' ? value : merged(before as Words, value, `${path}${key}.`)
  }
  return result
}
