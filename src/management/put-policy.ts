import type { PolicyAdministration } from '../administration/policies.ts'
import type { ApplyTo, JsonValue, PolicyValue } from '../definitions/definition.ts'
import type { JsonBody } from './json-body.ts'

/** What is wrong with values of the wrong type is for the policies themselves to say. Throws 400. */
export async function putPolicy(
  policies: PolicyAdministration,
  vhost: string,
  name: string,
  body: JsonBody,
): Promise<void> {
  body.require('pattern', 'definition')
  const [priority, applyTo] = [body.find('priority'), body.find('apply-to')]
  await policies.put(vhost, name, {
    pattern: body.text('pattern'),
    definition: body.object('definition') as Readonly<Record<string, PolicyValue>>,
    ...(isGiven(priority) ? { priority: priority as number } : {}),
    ...(isGiven(applyTo) ? { applyTo: applyTo as ApplyTo } : {}),
  })
}

const isGiven = (value: JsonValue | undefined): boolean => value !== undefined && value !== null
