import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { path, post } from '../api/client.ts'
import { ArgumentsField, argumentsIn } from '../form/arguments-field.tsx'
import { TextField } from '../form/fields.tsx'
import { Form } from '../form/form.tsx'
import { text } from '../form/values.ts'
import { exchangeInPath } from '../format/names.ts'
import { RouteExplanation } from './route-explanation.tsx'
import type { Explanation } from './shapes.ts'

interface RouteExplainerProps {
  readonly vhost: string
  readonly exchange: string
}

/** Where a message with this key and these headers would go, and why: nothing is published. */
export function RouteExplainer({ vhost, exchange }: RouteExplainerProps): VNode {
  const [explanation, setExplanation] = useState<Explanation>()
  const explain = async (values: FormData): Promise<undefined> => {
    setExplanation(undefined)
    const address = path`/exchanges/${vhost}/${exchangeInPath(exchange)}/explain`
    const headers = argumentsIn(values)
    const body = { routing_key: text(values, 'routing_key'), headers }
    setExplanation(await post<Explanation>(address, body))
  }
  return (
    <>
      <Form label="Explain a route" submit="Explain" keeps onSubmit={explain}>
        <TextField name="routing_key" label="Routing key" />
        <ArgumentsField label="Headers" />
      </Form>
      {explanation !== undefined && <RouteExplanation vhost={vhost} {...explanation} />}
    </>
  )
}
