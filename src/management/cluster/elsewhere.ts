import type { Answer } from '../answer.ts'
import type { Call } from '../call.ts'
import { HttpError, httpErrorOf, unavailable } from '../http-error.ts'
import { type ManagedCluster, nodeNameOf } from '../managed-cluster.ts'
import { ownerOf } from '../queue-node.ts'
import type { Place } from '../route.ts'
import {
  decodeAnswer,
  encodeQuestion,
  type NodeAnswer,
  type NodeQuestion,
} from './node-question.ts'
import { together } from './together.ts'

/** A node that has not answered by then is left out where all are asked. */
const PATIENCE_MS = 1000

export interface Errand {
  readonly call: Call
  readonly cluster: ManagedCluster
  readonly question: NodeQuestion
  /** Does it on this node. */
  readonly here: () => Promise<Answer>
}

/** Has a request done where in the cluster it has to be. Throws what the others have refused, and 503. */
export function answerElsewhere(place: Place, errand: Errand): Promise<Answer> {
  return place === 'owner' ? byOwner(errand) : byAll(place, errand)
}

async function byOwner({ call, cluster, question, here }: Errand): Promise<Answer> {
  const queue = call.vhost.queues.find(call.param('name'))
  const owner = queue && ownerOf(call.broker, call.vhost, queue)
  // What is not there is said here as well as anywhere.
  if (queue === undefined || owner === undefined || owner === cluster.node) return here()
  if (owner === null) throw unavailable(`queue '${queue.name}' is on no node at the moment`)
  const answer = await askNode(cluster, owner, question)
  if (answer instanceof HttpError) throw answer
  return answer
}

async function byAll(place: Exclude<Place, 'owner'>, errand: Errand): Promise<Answer> {
  const { cluster, question, here } = errand
  const nodes = [...new Set([...cluster.members, cluster.node])].sort()
  const outcomes = await Promise.all(
    nodes.map((node) =>
      node === cluster.node ? outcomeOf(here()) : askNode(cluster, node, question, PATIENCE_MS),
    ),
  )
  const own = outcomes[nodes.indexOf(cluster.node)] as NodeAnswer
  const answers = outcomes.filter((one): one is Answer => !(one instanceof HttpError))
  const first = own instanceof HttpError ? answers[0] : own
  // Who does not answer may have had it.
  if (first === undefined) throw outcomes.find(isAbsent) ?? own
  if (place === 'everywhere') {
    return first.isList
      ? { ...first, body: answers.flatMap(({ body }) => body as object[]) }
      : first
  }
  const all = answers.map(({ body }) => body)
  return { ...first, body: joined(first, all, place.together) }
}

type Item = Readonly<Record<string, unknown>>

/** Each thing as this node has it, but for what all know a part of. */
function joined(
  { body, isList }: Answer,
  all: readonly unknown[],
  columns: readonly string[],
): unknown {
  if (!isList) return joinedItem(body as Item, all as Item[], columns)
  const byName = new Map<string, Item[]>()
  for (const item of (all as Item[][]).flat()) {
    const there = byName.get(nameOf(item))
    if (there === undefined) byName.set(nameOf(item), [item])
    else there.push(item)
  }
  return (body as Item[]).map((item) => joinedItem(item, byName.get(nameOf(item)) ?? [], columns))
}

const nameOf = ({ vhost, name }: Item): string => JSON.stringify([vhost, name])

function joinedItem(own: Item, all: readonly Item[], columns: readonly string[]): Item {
  const values = columns.map((column) => [column, all.map((item) => item[column]).reduce(together)])
  return { ...own, ...Object.fromEntries(values.filter(([, value]) => value !== undefined)) }
}

/** What that node answers, or that it does not. */
async function askNode(
  cluster: ManagedCluster,
  node: string,
  question: NodeQuestion,
  timeoutMs?: number,
): Promise<NodeAnswer> {
  const said = await cluster.call(node, encodeQuestion(question), timeoutMs)
  if (said !== undefined) return decodeAnswer(said)
  return unavailable(`node ${nodeNameOf(node)} does not answer`)
}

const isAbsent = (answer: NodeAnswer): boolean =>
  answer instanceof HttpError && answer.status === 503

async function outcomeOf(answer: Promise<Answer>): Promise<NodeAnswer> {
  try {
    return await answer
  } catch (thrown) {
    const error = httpErrorOf(thrown)
    if (error === undefined) throw thrown
    return error
  }
}
