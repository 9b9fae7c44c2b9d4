import type { ScenarioResult } from '@goalixa/sandbox/demo/run-scenario'
import type { Scenario } from '@goalixa/sandbox/demo/scenario'
import { describe, expect, it } from 'vitest'
import { scoreResult } from './score.ts'

const core = { kind: 'Deployment', namespace: 'shop', name: 'core' }
const truth: Scenario['truth'] = {
  outcome: 'cause',
  causes: ['RELEASE_SLOW'],
  subject: { kind: 'Deployment', name: 'core' },
  remedies: ['git-revert'],
}
const scenario = (changes: Partial<Scenario['truth']> = {}): Scenario => ({
  title: 'x',
  fault: { kind: 'scale' },
  decoys: [],
  truth: { ...truth, ...changes },
})
const result: ScenarioResult = {
  scenario: 'x',
  injectedAt: '2026-01-01T00:00:00Z',
  incidentId: 'i',
  outcome: 'cause',
  message: 's',
  alertAt: '2026-01-01T00:00:10.000Z',
  verdictAt: '2026-01-01T00:00:14.500Z',
  decidedAt: '2026-01-01T00:00:15Z',
  recoveredAt: '2026-01-01T00:01:00Z',
  cause: { code: 'RELEASE_SLOW', subject: core, confidence: 0.9, chain: [], against: [] },
  action: {
    kind: 'rollback',
    method: 'git-revert',
    target: { ...core, app: null, repo: null, service: null },
  },
  proposed: null,
  verified: true,
  undone: false,
  reads: 20,
  couldNotRead: 0,
  state: 'succeeded',
  failure: null,
}

describe('scoreResult', () => {
  it('scores a correct cause, subject and verified remedy, and the seconds since the alert', () => {
    expect(scoreResult(scenario(), result)).toEqual({
      name: 'x',
      detected: true,
      causeRight: true,
      subjectRight: true,
      remedyRight: true,
      harmfulActions: 0,
      alertToVerdictSeconds: 4.5,
      alertToRecoverySeconds: 50,
      reads: 20,
    })
  })

  it('counts an action as harmful if no remedy is correct', () => {
    const score = scoreResult(scenario({ remedies: [] }), result)
    expect([score.remedyRight, score.harmfulActions]).toEqual([false, 1])
  })

  it('scores nothing without an incident, even where there is no fault', () => {
    const withoutIncident = {
      ...result,
      incidentId: null,
      outcome: null,
      cause: null,
      action: null,
      verified: false,
    }
    const score = scoreResult(
      scenario({ outcome: 'no-fault', causes: [], subject: null, remedies: [] }),
      withoutIncident,
    )
    expect([score.detected, score.causeRight, score.subjectRight, score.remedyRight]).toEqual([
      false,
      false,
      false,
      false,
    ])
  })
})
