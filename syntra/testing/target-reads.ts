import type { Precondition } from '@goalixa/agents/devops/precondition'
import type { findTool, ReadToolName } from '@goalixa/tools/catalog'
import { ARGOCD_APP } from './argocd-app.ts'
import { sampleProposal } from './sample-proposal.ts'

export type TargetState = {
  /** The generation of the workload. */
  revision: number
  /** The ratio of failed requests; null: nothing is measured. */
  errors: number | null
  /** Alerts that fire for another reason. */
  unrelatedAlerts: string[]
  effects: { tool: string; actionId: string }[]
}

/** What the read tools that a proposal names give for a target in this state; undefined for any other tool. */
export function readTarget(state: TargetState, tool: string, args: Record<string, unknown>): unknown {
  return READS[tool as ReadToolName]?.(state, args)
}

/** The id of the newest deployment: a rollback is one, and so is its undo. */
export function newestDeployment({ effects }: TargetState): number {
  const rollbacks = effects.filter(({ tool }) => tool === 'delivery_rollback_app')
  return Number(proposedValue('nothing-deployed')) + rollbacks.length
}

/** By the types of the real tools' results. */
type Result<Name extends ReadToolName> = Awaited<ReturnType<ReturnType<typeof findTool<Name>>['run']>>
type Reads = {
  [Name in ReadToolName]?: (state: TargetState, args: Record<string, unknown>) => Result<Name>
}

const READS: Reads = {
  kubernetes_get_object: ({ revision }) => ({
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'core', generation: revision },
      spec: { replicas: 2 },
      status: { observedGeneration: revision, replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
    },
  }),
  delivery_list_history: state => {
    const at = { deployedAt: null, deployStartedAt: null, initiatedBy: 'automated' }
    return { history: [{ id: newestDeployment(state), revision: 'a'.repeat(40), content: 'c1', ...at }] }
  },
  delivery_list_deployments_since: (state, { id }) => ({
    deployments: Array.from({ length: newestDeployment(state) - Number(id) }, (_, index) => ({
      id: newestDeployment(state) - index,
      revision: 'a'.repeat(40),
      requestedBy: 'automation',
    })),
    isSameContent: true,
  }),
  delivery_get_app: () => ARGOCD_APP,
  delivery_read_sync_windows: () => ({ canSync: true, active: [], assigned: [] }),
  forge_list_commits: () => ({
    commits: [
      { sha: String(proposedValue('nothing-committed')), author: 'ada', message: 'Release', at: null },
    ],
  }),
  prometheus_query: ({ errors }, { query }) => {
    // Scrapes go on whatever users get.
    const value = /\bup\b/.test(String(query)) ? 1 : errors
    return { samples: value === null ? [] : [{ labels: {}, at: '2026-03-04T12:00:00Z', value }] }
  },
  prometheus_read_alert_rule: ({ errors, unrelatedAlerts }, { alertname }) => {
    const common = { rules: [], alerts: [] }
    if (errors === null) return { unproven: 'the rule was not evaluated recently', ...common }
    const isHolding = unrelatedAlerts.includes(String(alertname)) || errors > 0.05
    return { holding: isHolding ? 1 : 0, unproven: null, ...common }
  },
}

function proposedValue(kind: Precondition['kind']): unknown {
  return sampleProposal().preconditions.find(precondition => precondition.kind === kind)?.value
}
