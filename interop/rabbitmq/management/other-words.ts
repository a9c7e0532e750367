// Where Leveret refuses in other words than RabbitMQ 3.10, or what that does not refuse, and why. The test fails
// when one of these is not so any more. `npm run generate` writes the table into docs/management.md.

export interface OtherWords {
  /** What is asked for, as the test calls it. */
  readonly asked: RegExp
  readonly what: string
  readonly reason: string
}

export const OTHER_WORDS: readonly OtherWords[] = [
  {
    asked: /as guest$/,
    what: 'A wrong password: `Not_Authorized`, not `Login failed`',
    reason: 'As in 4.x.',
  },
  {
    asked: /\/amq\.\w+|\/(get|contents) .*as compared-user|\/contents as compared-user/,
    what: 'What nobody may do, or this user may not: the reason says what it is, not `Access refused.`',
    reason: 'The texts are those that clients of AMQP see in 4.x.',
  },
  {
    asked: /\/publish /,
    what: 'What publishing refuses: 401 and 404 where that is meant, and no code before the reason',
    reason: 'As in 4.x.',
  },
  {
    asked: /("x"|"none"\]|"\(".*|encoding":"x")/,
    what: 'Values that cannot be: one sentence, where RabbitMQ has a list such as `["not_boolean","x"]`',
    reason: 'Programs show the reason to people.',
  },
  {
    asked: /"type":"none"/,
    what: 'An exchange type that there is not: `unknown exchange type`, not `invalid exchange type`',
    reason: 'As clients of AMQP see it.',
  },
  {
    asked: /\/none\/get /,
    what: 'Getting from a queue that is not there: `queue_not_found`',
    reason: 'As in 4.x.',
  },
  {
    asked: /^PUT \/policies\/.*(none|priority|apply-to)/,
    what: 'What is wrong with a policy: `<<"x">>` as it is, and more words for `apply-to`',
    reason: 'RabbitMQ writes it for a page of HTML; 4.x has these words.',
  },
  {
    asked: /^PUT \/parameters\/none/,
    what: 'Parameters of components that are not there are kept',
    reason: 'Definitions of a RabbitMQ with other plugins can be taken as they are.',
  },
]
