import { CHANGES, mergeNeeds } from '../snapshot/needs.ts'

/** What has to be known before an action may be proposed, and to say what its recovery would be. */
export const PROPOSAL_NEEDS = mergeNeeds(CHANGES, {
  kinds: ['Namespace', 'Service'],
  signals: ['request-rate', 'error-ratio', 'latency-mean'],
  reads: [
    'delivery-apps',
    'delivery-history',
    'delivery-diff',
    'sync-windows',
    'branch-rules',
    'compare',
    'commits',
    'commit',
    'rights',
    'metric-profiles',
  ],
})
