import type { Proposal } from '@goalixa/agents/devops/proposal'

const step = { tool: 'delivery_rollback_app' as const, args: {}, message: '' }
const predicate = {
  kind: 'scrape-targets-up' as const,
  message: '',
  tool: 'prometheus_query' as const,
  args: {},
  path: 'a',
  op: '==' as const,
  value: 1,
}

/** A rollback in Argo CD that leaves auto-sync of `core` off. */
export const SAMPLE_PROPOSAL: Proposal = {
  kind: 'rollback',
  method: 'delivery-rollback',
  target: {
    kind: 'Deployment',
    namespace: 'shop',
    name: 'core',
    app: 'core',
    repo: 'shop/deploy',
    service: 'core',
  },
  risk: 'R3',
  message: 'Roll core back.',
  why: '',
  rejected: [],
  preconditions: [{ kind: 'nothing-deployed', tool: 'delivery_list_history', args: {}, path: 'a', value: 1 }],
  steps: [step, step, step],
  undo: { steps: [step] },
  pendingRevert: {
    message: 'Auto-sync of core is off',
    app: 'core',
    repo: 'shop/deploy',
    pause: 1,
    revert: 3,
    step: {
      tool: 'delivery_set_auto_sync',
      args: { name: 'core' },
      from: { automated: { step: 1, path: 'before' }, leftBy: { step: 1, path: 'mark' } },
      message: 'Turn auto-sync on again.',
    },
  },
  verification: { recovered: [predicate], worse: [], unrelatedAlerts: [], forSeconds: 1, withinSeconds: 2 },
  evidence: ['E1'],
  warnings: [],
}
