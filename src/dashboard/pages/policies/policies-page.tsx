import type { VNode } from 'preact'
import { Page } from '../layout/page.tsx'
import { useMay } from '../session.ts'
import { PolicyCard } from './policy-card.tsx'
import { POLICY_KINDS } from './shapes.ts'

export function PoliciesPage(): VNode {
  const isAdministrator = useMay('administrator')
  return (
    <Page title="Policies">
      {POLICY_KINDS.map((kind) => (
        <PolicyCard
          key={kind.collection}
          kind={kind}
          mayChange={isAdministrator || kind.collection === 'policies'}
        />
      ))}
    </Page>
  )
}
