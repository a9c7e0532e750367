import type { AnyPolicyDefinition, PolicyAdministration } from '../../administration/policies.ts'
import { found, list, NO_CONTENT, put } from '../answer.ts'
import type { Call } from '../call.ts'
import { noSuchObject } from '../http-error.ts'
import { policyJson } from '../json/entities.ts'
import type { ManagedBroker } from '../managed-broker.ts'
import { putPolicy } from '../put-policy.ts'
import { type Route, routes } from '../route.ts'

/** Of users or of operators. */
type Policies = (broker: ManagedBroker) => PolicyAdministration

const OF_USERS: Policies = ({ administration }) => administration.policies
const OF_OPERATORS: Policies = ({ administration }) => administration.operatorPolicies

export const POLICIES: readonly Route[] = [
  ...routes('management', {
    'GET /policies': listAll(OF_USERS),
    'GET /policies/:vhost': listOfVhost(OF_USERS),
    'GET /operator-policies': listAll(OF_OPERATORS),
    'GET /operator-policies/:vhost': listOfVhost(OF_OPERATORS),
  }),
  ...routes('policymaker', {
    'GET /policies/:vhost/:name': get(OF_USERS),
    'PUT /policies/:vhost/:name': set(OF_USERS),
    'DELETE /policies/:vhost/:name': remove(OF_USERS),
    'GET /operator-policies/:vhost/:name': get(OF_OPERATORS),
  }),
  ...routes('administrator', {
    'PUT /operator-policies/:vhost/:name': set(OF_OPERATORS),
    'DELETE /operator-policies/:vhost/:name': remove(OF_OPERATORS),
  }),
]

function listAll(policies: Policies): Route['handle'] {
  return (call) => {
    const vhosts = call.visibleVhosts().map(({ name }) => name)
    return list(vhosts.flatMap((vhost) => policies(call.broker).list(vhost)).map(policyJson))
  }
}

function listOfVhost(policies: Policies): Route['handle'] {
  return ({ broker, vhost }) => list(policies(broker).list(vhost.name).map(policyJson))
}

function get(policies: Policies): Route['handle'] {
  return (call) => found(policyJson(policyOf(call, policies)))
}

function set(policies: Policies): Route['handle'] {
  return async (call) => {
    const [vhost, name] = [call.param('vhost'), call.param('name')]
    const of = policies(call.broker)
    const isNew = of.find(vhost, name) === undefined
    await putPolicy(of, vhost, name, call.body)
    return put(isNew)
  }
}

function remove(policies: Policies): Route['handle'] {
  return async (call) => {
    const { vhost, name } = policyOf(call, policies)
    await policies(call.broker).delete(vhost, name)
    return NO_CONTENT
  }
}

/** Throws 404. */
function policyOf(call: Call, policies: Policies): AnyPolicyDefinition {
  const policy = policies(call.broker).find(call.param('vhost'), call.param('name'))
  if (policy === undefined) throw noSuchObject()
  return policy
}
