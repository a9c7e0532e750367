import type { VNode } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { type Json, path, post } from '../api/client.ts'
import { useVhosts } from '../api/use-vhosts.ts'
import { visible } from '../format/names.ts'
import { Card } from '../layout/card.tsx'
import { ConfirmButton } from '../layout/confirm-button.tsx'
import { Page } from '../layout/page.tsx'
import { readDefinitions } from './read-definitions.ts'
import { ScopeField } from './scope-field.tsx'

/** Everything that is declared, as a file. */
export function DefinitionsPage(): VNode {
  const vhosts = useVhosts()
  return (
    <Page title="Definitions">
      <p class="quiet">
        Users, virtual hosts, permissions, policies, parameters, exchanges, queues and bindings, in
        RabbitMQ's own form. Of one virtual host: what is in it.
      </p>
      <div class="columns">
        <Export vhosts={vhosts} />
        <Import vhosts={vhosts} />
      </div>
    </Page>
  )
}

interface WithVhosts {
  readonly vhosts: readonly string[]
}

/** The whole broker when no virtual host is chosen. */
const addressIn = (vhost: string): string =>
  vhost === '' ? '/definitions' : path`/definitions/${vhost}`

function Export({ vhosts }: WithVhosts): VNode {
  const [vhost, setVhost] = useState('')
  return (
    <Card title="Export">
      <ScopeField vhosts={vhosts} value={vhost} onVhost={setVhost} />
      <p class="actions">
        <a class="button primary" href={`/api${addressIn(vhost)}`} download="definitions.json">
          Download
        </a>
      </p>
    </Card>
  )
}

interface Chosen {
  readonly name: string
  readonly definitions: Json
}

function Import({ vhosts }: WithVhosts): VNode {
  const [vhost, setVhost] = useState('')
  const [chosen, setChosen] = useState<Chosen>()
  const [told, setTold] = useState('')
  const input = useRef<HTMLInputElement>(null)
  const choose = async (file: File | undefined): Promise<void> => {
    setChosen(undefined)
    setTold('')
    if (file === undefined) return
    const read = readDefinitions(await file.text())
    if (read === undefined) setTold(`${file.name} is not JSON`)
    else setChosen({ name: file.name, definitions: read })
  }
  const act = async (): Promise<void> => {
    if (chosen === undefined) return
    await post(addressIn(vhost), chosen.definitions)
    setTold(`${chosen.name} is imported`)
    setChosen(undefined)
    if (input.current !== null) input.current.value = ''
  }
  return (
    <Card title="Import">
      <ScopeField vhosts={vhosts} value={vhost} onVhost={setVhost} />
      <p class="field">
        <label for="definitions-file">File</label>
        <input
          id="definitions-file"
          ref={input}
          type="file"
          accept=".json,application/json"
          onChange={(event) => void choose(event.currentTarget.files?.[0])}
        />
      </p>
      <p class="actions">
        {chosen !== undefined && (
          <ConfirmButton label="Import" question="Import these definitions?" onConfirm={act}>
            <p>{visible(chosen.name)}. What is there already and not in the file stays as it is.</p>
          </ConfirmButton>
        )}
      </p>
      <p role="status">{visible(told)}</p>
    </Card>
  )
}
