import { STAMP_BYTES } from '../../load/ledger.ts'
import type { TrafficShape } from '../../load/traffic-load.ts'
import { resolveAmqpTarget } from '../bench/amqp-target.ts'
import { benchRows } from '../bench/figures.ts'
import { runBench } from '../bench/run-bench.ts'
import { CommandError } from '../client/exit-code.ts'
import type { Program } from '../client/global-options.ts'
import { seconds, wholeNumber } from '../client/numbers.ts'
import { passwordOf } from '../client/secret.ts'
import { columns } from '../output/columns.ts'
import { Output } from '../output/output.ts'
import { Progress } from '../output/progress.ts'

/** More than these are never on their way: publishers wait for consumers that do not keep up. */
const INFLIGHT = 10_000

export function define(program: Program): void {
  program
    .command('bench')
    .description(
      'Measure a broker with a small load over AMQP, which every broker of AMQP 0-9-1 can be given. Its queues are deleted at the end. Messages are checked: one that is lost, doubled or out of order is a failure.',
    )
    .option('--amqp <url>', 'address of AMQP (LEVERET_AMQP_URL; port 5672 of where --url is)')
    .option('--duration <seconds>', 'for how long', seconds, 10)
    .option('--warmup <seconds>', 'of it, at the beginning, not counted', seconds, 1)
    .option('--messages <number>', 'so many instead of a duration', wholeNumber(1))
    .option('--size <bytes>', 'of each body', wholeNumber(STAMP_BYTES), 1000)
    .option('--producers <number>', 'connections that publish', wholeNumber(1), 1)
    .option('--consumers <number>', 'connections that consume', wholeNumber(0), 1)
    .option('--queues <number>', 'to spread messages over', wholeNumber(1), 1)
    .option('--rate <number>', 'messages a second in all, not as many as possible', wholeNumber(1))
    .option('--confirms <number>', 'wait for confirms, this many outstanding', wholeNumber(1))
    .option('--prefetch <number>', 'acknowledge, with this prefetch', wholeNumber(1))
    .option('--persistent', 'persistent messages in durable queues')
    .action(async (options, command) => {
      if (options.warmup >= options.duration) {
        throw new CommandError('usage', '--warmup has to be shorter than --duration')
      }
      const all = command.optsWithGlobals()
      const { stdout, stderr, env } = process
      const output = new Output({ stdout, stderr, isJson: all.json ?? false })
      const target = resolveAmqpTarget(all, env)
      const figures = await runBench({
        target: { ...target, password: await passwordOf(target) },
        shape: shapeOf(options),
        durationSec: options.duration,
        warmupSec: options.warmup,
        progress: new Progress(stderr),
      })
      const { lines } = output.table(columns('what', 'figure'), benchRows(figures))
      output.show({ lines: output.isTerminal ? lines.slice(1) : lines, json: figures })
      if (figures.faults.length > 0) throw new CommandError('failed', figures.faults.join(', '))
    })
}

interface ShapeOptions {
  readonly messages?: number | undefined
  readonly size: number
  readonly producers: number
  readonly consumers: number
  readonly queues: number
  readonly rate?: number | undefined
  readonly confirms?: number | undefined
  readonly prefetch?: number | undefined
  readonly persistent?: true | undefined
}

function shapeOf(options: ShapeOptions): TrafficShape {
  const { size, producers, consumers, queues, messages = 0, rate = 0 } = options
  const { confirms = 0, prefetch = 0 } = options
  return {
    producers,
    consumers,
    queues,
    exchange: 'default',
    bindings: 0,
    bodySizeBytes: size,
    persistent: options.persistent ?? false,
    priorities: 0,
    confirmWindow: confirms,
    prefetch,
    // A batch of acks for half of what is prefetched keeps deliveries flowing.
    ackEvery: Math.max(1, Math.floor(prefetch / 2)),
    inflight: INFLIGHT,
    ratePerSec: rate,
    messageCount: messages,
    drainOnly: false,
    keepQueues: false,
  }
}
