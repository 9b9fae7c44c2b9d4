import { expect, test } from 'vitest'
import type { ActionView } from '../../actions/actions.schema.ts'
import { renderBlocks } from '../../cli/render-blocks.ts'
import type { IncidentSummary } from '../../incidents/incidents.schema.ts'
import { sampleProposal } from '../../testing/sample-proposal.ts'
import { presentPlace } from './present-incident.ts'
import { presentProposal } from './present-proposal.ts'

const TIME = '2026-11-21T09:30:00Z'
const incident: IncidentSummary = {
  id: '01a1fc58-aa9d-769b-87a4-6877af6b52b1',
  state: 'open',
  title: 'NotReady',
  severity: 'critical',
  namespace: null,
  service: null,
  openedAt: TIME,
  activeAt: TIME,
  resolvedAt: null,
  closedAt: null,
  alerts: { firing: 1, resolved: 0 },
  investigation: null,
  action: null,
}
// A terminal wide enough for one line each.
const shown = (blocks: Parameters<typeof renderBlocks>[0]) => renderBlocks(blocks, 400)

test('the place of an incident names its cluster and object, and is left out where nothing is known', () => {
  const volume = { kind: 'PersistentVolumeClaim', name: 'data-0' }
  const place = { ...incident, namespace: 'data', cluster: 'eu-1', object: volume }
  expect(shown(presentPlace(place))).toContain('cluster eu-1 · namespace data · PersistentVolumeClaim data-0')
  expect(presentPlace(incident)).toEqual([])
})

test('a proposal names the cluster of its target', () => {
  const proposal = sampleProposal()
  const action = { id: incident.id, state: 'awaiting-approval', stateDigest: 'd', expiresAt: TIME }
  const show = (cluster?: string) =>
    shown(
      presentProposal({
        ...action,
        proposal: { ...proposal, target: { ...proposal.target, cluster } },
      } as ActionView),
    )
  expect(show('eu-1')).toContain('target Deployment core in cluster eu-1 ·')
  expect(show()).toContain('target Deployment core ·')
})
