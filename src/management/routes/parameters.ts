import { LIMITS_COMPONENT } from '../../administration/parameters.ts'
import type { ParameterDefinition } from '../../definitions/definition.ts'
import { found, list, NO_CONTENT, put } from '../answer.ts'
import type { Call } from '../call.ts'
import { noSuchObject } from '../http-error.ts'
import { operatorPolicyParameterJson, parameterJson } from '../json/entities.ts'
import { assertRight } from '../rights.ts'
import { type Route, routes } from '../route.ts'

const OF_VHOSTS: readonly Route[] = routes('policymaker', {
  'GET /parameters': (call) => list(shownParameters(call, () => true)),
  'GET /parameters/:component': (call) => {
    const component = call.param('component')
    return list(shownParameters(call, (one) => one.component === component))
  },
  'GET /parameters/:component/:vhost': (call) => {
    const [component, vhost] = [call.param('component'), call.vhost.name]
    return list(shownParameters(call, (one) => one.component === component && one.vhost === vhost))
  },
  'GET /parameters/:component/:vhost/:name': (call) => found(parameterJson(parameterOf(call))),
  'PUT /parameters/:component/:vhost/:name': async (call) => {
    const { parameters } = call.broker.administration
    const [component, vhost] = [call.param('component'), call.param('vhost')]
    assertComponent(call, component)
    const name = call.param('name')
    const value = call.body.get('value')
    const isNew = parameters.find(component, vhost, name) === undefined
    await parameters.put({ component, vhost, name, value })
    return put(isNew)
  },
  'DELETE /parameters/:component/:vhost/:name': async (call) => {
    const { component, vhost, name } = parameterOf(call)
    assertComponent(call, component)
    await call.broker.administration.parameters.delete(component, vhost, name)
    return NO_CONTENT
  },
})

/** Limits are set by administrators only, whichever way. Throws 401. */
function assertComponent(call: Call, component: string): void {
  if (component === LIMITS_COMPONENT) assertRight(call.user, 'administrator')
}

const GLOBAL: readonly Route[] = routes('policymaker', {
  'GET /global-parameters': ({ broker }) => {
    const all = broker.administration.globalParameters.list()
    return list(all.map(({ name, value }) => ({ name, value })))
  },
  'GET /global-parameters/:name': (call) => {
    const parameter = call.broker.administration.globalParameters.find(call.param('name'))
    if (parameter === undefined) throw noSuchObject()
    return found({ value: parameter.value, name: parameter.name })
  },
})

const SET_GLOBAL: readonly Route[] = routes('administrator', {
  'PUT /global-parameters/:name': async (call) => {
    const { globalParameters } = call.broker.administration
    const name = call.param('name')
    const value = call.body.get('value')
    const isNew = globalParameters.find(name) === undefined
    await globalParameters.put(name, value)
    return put(isNew)
  },
  'DELETE /global-parameters/:name': async (call) => {
    const { globalParameters } = call.broker.administration
    const name = call.param('name')
    if (globalParameters.find(name) === undefined) throw noSuchObject()
    await globalParameters.delete(name)
    return NO_CONTENT
  },
})

export const PARAMETERS: readonly Route[] = [...OF_VHOSTS, ...GLOBAL, ...SET_GLOBAL]

interface Named {
  readonly component: string
  readonly vhost: string
}

/** With operators' policies, which are parameters as well. */
function shownParameters(call: Call, isMeant: (parameter: Named) => boolean): object[] {
  const { parameters, operatorPolicies } = call.broker.administration
  const visible = new Set(call.visibleVhosts().map(({ name }) => name))
  const isShown = (one: Named): boolean => visible.has(one.vhost) && isMeant(one)
  const policies = operatorPolicies
    .list()
    .filter(({ vhost }) => isShown({ component: 'operator_policy', vhost }))
  return [
    ...parameters.list().filter(isShown).map(parameterJson),
    ...policies.map(operatorPolicyParameterJson),
  ]
}

/** Throws 404. */
function parameterOf(call: Call): ParameterDefinition {
  const { parameters } = call.broker.administration
  const [component, vhost] = [call.param('component'), call.param('vhost')]
  const parameter = parameters.find(component, vhost, call.param('name'))
  if (parameter === undefined) throw noSuchObject()
  return parameter
}
