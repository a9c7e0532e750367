import type { VNode } from 'preact'
import { path, put } from '../api/client.ts'
import { CheckField } from '../form/fields.tsx'
import { Form } from '../form/form.tsx'
import { flag } from '../form/values.ts'
import { Card } from '../layout/card.tsx'
import type { Vhost } from './shapes.ts'
import { settingsIn, VhostFields } from './vhost-fields.tsx'

interface ChangeVhostProps {
  readonly vhost: Vhost
  readonly onChanged: () => void
}

/** Says something else of a virtual host, or has its messages traced. */
export function ChangeVhost({ vhost, onChanged }: ChangeVhostProps): VNode {
  const change = async (values: FormData): Promise<string> => {
    const tracing = flag(values, 'tracing')
    await put(path`/vhosts/${vhost.name}`, { ...settingsIn(values), tracing })
    onChanged()
    return 'It is changed'
  }
  return (
    <Card title="Change the virtual host" isFolded>
      <Form label="Change the virtual host" submit="Change" keeps onSubmit={change}>
        <VhostFields vhost={vhost} />
        <CheckField
          name="tracing"
          label="Trace: publish copies of all messages to amq.rabbitmq.trace"
          isChecked={vhost.tracing}
        />
      </Form>
    </Card>
  )
}
