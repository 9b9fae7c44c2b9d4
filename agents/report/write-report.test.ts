import { describe, expect, it } from 'vitest'
import type { ActionState } from '../devops/action-state.ts'
import { investigate } from '../testing/investigate.ts'
import { addAlert, addRelease, healthyWorld, NOW, setCurve, step } from '../testing/sample-cluster.ts'
import { escapeMarkdown } from './escape-markdown.ts'
import type { ReportFacts } from './report-facts.ts'
import { writeReport } from './write-report.ts'

const HOSTILE = '# Fine ![x](http://evil/p.png) <script>alert(1)</script> | @all `rm`\n\u001b[2J\u202e```'

function facts(title = 'front is slow'): ReportFacts {
  const world = healthyWorld()
  addRelease(world, 'orders', NOW - 40, { image: 'registry.example/shop/orders:1.1.0' }, { message: HOSTILE })
  setCurve(world, 'latency-mean', { service: 'orders' }, step(0.02, 0.4, NOW - 40))
  addAlert(world, 'LatencyHigh', { service: 'orders' }, NOW - 8)
  const { verdict, choice, evidence } = investigate(world)
  if (choice.proposal === null) throw new Error(choice.message)
  return {
    incident: { id: 'i-1', title, severity: 'critical', openedAt: '2026-01-01T00:00:00Z' },
    investigation: { id: 'v-1', startedAt: '2026-01-01T00:00:01Z' },
    verdict,
    action: {
      state: 'succeeded',
      proposal: choice.proposal,
      refusal: null,
      outcome: { message: 'recovered' },
      verification: {
        result: 'recovered',
        readings: [{ role: 'recovered', message: 'the alert is not firing', holds: true }],
      },
      decisions: [{ operator: 'ada', decision: 'approve', at: '2026-01-01T00:01:00Z' }],
    },
    evidence: evidence.map(({ id, question, at, outcome }) => ({
      id,
      tool: question.tool,
      why: question.why,
      at,
      outcome,
      reason: null,
    })),
  }
}

describe('a report', () => {
  it('states the cause and the action first, then the reasons, and cites the evidence', () => {
    const report = writeReport(facts())
    const order = [
      '# front is slow',
      '## Cause: RELEASE\\_SLOW, Deployment orders',
      '## To do',
      'Nothing: the change helped',
      '## Action: succeeded',
      'ada approved the action',
      '## Why',
      '## Evidence',
    ]
    const places = order.map(part => report.indexOf(part))
    expect(places.every(place => place >= 0)).toBe(true)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(report).toMatch(/1\. \d{4}-\d\d-\d\d [\d:]+ the cause itself \(E\d+/)
    // The message of the cause may be long, so the report contains it once.
    expect(report.split('orders accounts for')).toHaveLength(2)
  })

  it.each<[ActionState, object, RegExp]>([
    ['undone', { outcome: { message: 'Errors went on.' } }, /Needs human attention: the change did not help/],
    ['refused', { refusal: { message: 'A freeze window.' } }, /Make the change manually.*A freeze window/],
    ['rejected', { outcome: { message: 'ada rejected it.' } }, /was rejected, and nothing was changed/],
    ['failed', { outcome: { message: 'GitHub is away.' } }, /the action failed.*GitHub is away/],
  ])('states what remains to be done where the action ended as %s', (state, more, words) => {
    const { action, ...rest } = facts()
    const report = writeReport({ ...rest, action: action && { ...action, outcome: null, state, ...more } })
    expect(report.slice(report.indexOf('## To do'), report.indexOf('## Action'))).toMatch(words)
  })

  it('states what was left in place on purpose', () => {
    const { action, ...rest } = facts()
    const pendingRevert = {
      message: 'Auto-sync of orders is off; it comes back when pull request #7 is merged.',
    }
    const report = writeReport({ ...rest, action: action && { ...action, pendingRevert } })
    expect(report).toMatch(/- Auto-sync of orders is off; it comes back/)
  })

  it('names the cluster in which the action changes something, where it is known', () => {
    const { action, ...rest } = facts()
    if (action === null) throw new Error('There is no action.')
    const { proposal } = action
    const inCluster = { ...proposal, target: { ...proposal.target, cluster: 'eu' } }
    expect(writeReport({ ...rest, action: { ...action, proposal: inCluster } })).toContain(
      'Cluster: eu. Method:',
    )
    expect(writeReport({ ...rest, action })).not.toContain('Cluster:')
  })

  it('escapes text of others: no markup, links, control characters or lines of their own', () => {
    const report = writeReport(facts(HOSTILE))
    const lines = report.split('\n')
    expect(lines.filter(line => line.startsWith('# '))).toHaveLength(1)
    expect(report).not.toMatch(/(?<!\\)<script|(?<!\\)!\[|(?<!\\)\]\(|https?:\/\/|(?<!\\)@all|(?<!\\)`rm/)
    expect([...report].some(character => character !== '\n' && /[\p{Cc}\p{Cf}]/u.test(character))).toBe(false)
  })

  it('states plainly that there is no fault', () => {
    const world = healthyWorld()
    addAlert(world, 'LatencyHigh', { service: 'front' }, NOW - 8)
    world.firing = []
    const { verdict } = investigate(world)
    expect(writeReport({ ...facts(), verdict, action: null })).toContain('## Verdict: no fault')
  })
})

describe('escaping', () => {
  it('keeps words readable, and turns no list item, heading or number into markup', () => {
    expect(escapeMarkdown('plain words')).toBe('plain words')
    expect(escapeMarkdown('- item')).toBe('\\- item')
    expect(escapeMarkdown('1. item')).toBe('\\1. item')
  })
})
