import type { Proposal } from '@goalixa/agents/devops/proposal'
import type { Snapshot } from '@goalixa/agents/snapshot/snapshot'

const TIER = 'syntra.goalixa.com/tier'

/** Tier and environment of what a proposal changes. What is not known to be harmless counts as critical production. */
export function classifyTarget(
  { target }: Proposal,
  snapshot: Snapshot,
): { tier: string; environment: string } {
  const workload = snapshot.objects.find(
    ({ object }) =>
      object.kind === target.kind &&
      object.metadata.name === target.name &&
      (object.metadata.namespace ?? null) === target.namespace,
  )
  return {
    tier: annotationOf(workload?.object.metadata, TIER) === 'B' ? 'B' : 'A',
    environment: /(^|-)(staging|dev|development|test)(-|$)/.test(target.namespace ?? '')
      ? 'staging'
      : 'production',
  }
}

function annotationOf(metadata: Record<string, unknown> | undefined, name: string): unknown {
  const annotations = metadata?.annotations
  return typeof annotations === 'object' && annotations !== null
    ? (annotations as Record<string, unknown>)[name]
    : undefined
}
