import { expect, test } from 'vitest'
import type { IncidentSummary } from '../incidents/incidents.schema.ts'
import { incidentLine } from './print.ts'

const NOW = new Date('2026-11-21T10:00:00Z')
const incident: IncidentSummary = {
  id: '01a1fc58-aa9d-769b-87a4-6877af6b52b1',
  state: 'open',
  title: 'KubeDeploymentReplicasMissing on goalixa-production/recommendations-worker',
  severity: 'critical',
  namespace: 'goalixa-production',
  service: 'recommendations-worker',
  openedAt: '2026-11-21T09:30:00Z',
  activeAt: '2026-11-21T09:30:00Z',
  resolvedAt: null,
  closedAt: null,
  alerts: { firing: 1, resolved: 0 },
  investigation: null,
  action: { id: '01a1fc58-aa9d-769b-87a4-6877af6b52b1', state: 'awaiting-approval', risk: 'R3' },
}
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours
const textOf = (columns?: number) => incidentLine(incident, NOW, columns).replace(/\u001b\[\d+m/g, '')

test('a line of an incident fits the terminal: its title is cut, never its state or what waits', () => {
  expect(textOf(80)).toHaveLength(80)
  expect(textOf(80)).toMatch(/^01a1fc58 {2}open .* 30m {2}critical {2}KubeDeploy.*… {2}awaiting-approval$/)
  expect(textOf(200)).toContain(incident.title)
  expect(textOf()).toContain(incident.title)
})
