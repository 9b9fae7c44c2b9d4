import { describe, expect, it } from 'vitest'
import type { Proposal } from '../devops/proposal.ts'
import { investigate } from '../testing/investigate.ts'
import { addAlert, addRelease, healthyWorld, NOW, setCurve, step } from '../testing/sample-cluster.ts'
import { reviewProposal } from './review-proposal.ts'

function sound(): { proposal: Proposal; reviewed: ReturnType<typeof investigate> } {
  const world = healthyWorld()
  addRelease(world, 'orders', NOW - 40, { image: 'registry.example/shop/orders:1.1.0' })
  setCurve(world, 'latency-mean', { service: 'orders' }, step(0.02, 0.4, NOW - 40))
  addAlert(world, 'LatencyHigh', { service: 'orders' }, NOW - 8)
  const reviewed = investigate(world)
  if (reviewed.choice.proposal === null) throw new Error(reviewed.choice.message)
  return { proposal: reviewed.choice.proposal, reviewed }
}

function objectionsTo(change: (proposal: Proposal) => object): string[] {
  const { proposal, reviewed } = sound()
  // What types forbid, the review has to notice as well.
  const changed = { ...proposal, ...change(proposal) } as Proposal
  const { verdict, snapshot } = reviewed
  return reviewProposal({ proposal: changed, verdict, snapshot }).objections.map(objection => objection.code)
}

describe('a review', () => {
  it('has no objection to a sound proposal', () => {
    expect(objectionsTo(() => ({}))).toEqual([])
  })

  it('objects to evidence that was not read', () => {
    expect(objectionsTo(() => ({ evidence: ['E999'] }))).toEqual(['UNKNOWN_EVIDENCE'])
  })

  it('objects to a call that the method does not need, as a step and as undo', () => {
    const scale = { tool: 'kubernetes_scale_workload', args: { name: 'orders' }, message: '' }
    expect(objectionsTo(({ steps }) => ({ steps: [...steps, scale] }))).toContain('TOOL_NOT_ALLOWED')
    expect(
      objectionsTo(() => ({ undo: { steps: [{ ...scale, tool: 'kubernetes_restart_workload' }] } })),
    ).toContain('TOOL_NOT_ALLOWED')
  })

  it('objects to a reach beyond the incident', () => {
    expect(objectionsTo(({ target }) => ({ target: { ...target, namespace: 'kube-system' } }))).toContain(
      'OTHER_NAMESPACE',
    )
    expect(
      objectionsTo(({ steps }) => ({
        steps: steps.map(step => ({ ...step, args: { ...step.args, name: 'users', repo: 'evil/repo' } })),
      })),
    ).toContain('OTHER_TARGET')
    expect(
      objectionsTo(({ steps }) => ({
        steps: steps.map(step => ({ ...step, from: { repo: { step: 1, path: 'repo' } } })),
      })),
    ).toContain('OTHER_TARGET')
  })

  it('objects to what cannot be undone or verified', () => {
    expect(objectionsTo(() => ({ method: 'scale', undo: { irreversible: 'no way' } }))).toContain(
      'IRREVERSIBLE',
    )
    expect(
      objectionsTo(({ verification }) => ({ verification: { ...verification, forSeconds: 0 } })),
    ).toContain('NOT_VERIFIABLE')
  })

  it('objects to a target that is not part of the cause', () => {
    expect(
      objectionsTo(({ target }) => ({ target: { ...target, name: 'shop', app: 'shop', service: 'shop' } })),
    ).toContain('NOT_ON_THE_CHAIN')
  })
})
