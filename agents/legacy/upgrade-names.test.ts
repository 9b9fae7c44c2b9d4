import { allTools } from '@goalixa/tools/catalog'
import { describe, expect, it } from 'vitest'
import { Predicate } from '../devops/verification/predicate.ts'
import { Verdict } from '../incident/verdict.ts'
import { upgradeNames, upgradeQuestionId } from './upgrade-names.ts'
import { upgradePredicate } from './upgrade-predicate.ts'
import { RENAMED_TOOLS } from './version-0-1.ts'

describe('names of version 0.1', () => {
  it('of tools map to current tools, and no current tool has one of them', () => {
    const names = allTools.map(tool => tool.name)
    expect(Object.values(RENAMED_TOOLS).filter(name => !names.includes(name))).toEqual([])
    expect(Object.keys(RENAMED_TOOLS).filter(name => names.includes(name))).toEqual([])
  })

  it.each([
    ['github/compare/shop/deploy/a1...b2', 'forge/compare/shop/deploy/a1...b2'],
    ['argocd/history/core', 'delivery/history/core'],
    ['model/argocd_get_app/0a1b', 'model/delivery_get_app/0a1b'],
    ['logs/github/argocd/current', 'logs/github/argocd/current'],
  ])('of the question %s become %s', (old, today) => {
    expect(upgradeQuestionId(old)).toBe(today)
    expect(upgradeQuestionId(today)).toBe(today)
  })

  it('are replaced in a verdict, while text of others stays as it is', () => {
    const subject = { kind: 'Deployment', namespace: 'shop', name: 'says' }
    const where = { subject, service: null }
    const verdict = upgradeNames({
      outcome: 'unknown',
      says: 'Can not tell.',
      causes: [
        {
          ...where,
          code: 'RELEASE_CAN_NOT_CONNECT',
          confidence: 0.7,
          says: 'says',
          chain: [{ ...where, code: 'REVISION_CUT_OFF', onset: null, says: 'says', evidence: ['E1'] }],
          change: null,
          for: [{ code: 'CAME_FIRST', says: 'says', evidence: ['E1'] }],
          against: [],
        },
      ],
      cleared: [{ subject, says: 'RELEASE_CAN_NOT_CONNECT', evidence: ['E1'] }],
      findings: [],
      unread: [
        { question: 'objects/wiring/Ingress', reason: 'forbidden' },
        { question: 'argocd/apps', reason: 'away' },
      ],
    })
    expect(Verdict.parse(verdict)).toEqual({
      outcome: 'inconclusive',
      message: 'Can not tell.',
      causes: [
        {
          ...where,
          code: 'RELEASE_CANNOT_CONNECT',
          confidence: 0.7,
          message: 'says',
          chain: [{ ...where, code: 'REVISION_CUT_OFF', onset: null, message: 'says', evidence: ['E1'] }],
          change: null,
          for: [{ code: 'TEMPORAL_PRECEDENCE', message: 'says', evidence: ['E1'] }],
          against: [],
        },
      ],
      ruledOut: [{ subject, message: 'RELEASE_CAN_NOT_CONNECT', evidence: ['E1'] }],
      findings: [],
      unread: [
        { question: 'objects/wiring', part: 'Ingress', reason: 'forbidden' },
        { question: 'delivery/apps', reason: 'away' },
      ],
    })
    expect(upgradeNames(verdict)).toEqual(verdict)
    const args = { says: 'x', about: 1, labels: { tool: 'github_get_commit' } }
    expect(upgradeNames({ args, value: { observed: [] } })).toEqual({ args, value: { observed: [] } })
  })

  it.each([
    ['numberAvailable', 'object.status.numberAvailable', 'pods-available'],
    ['a StatefulSet', 'object.status.readyReplicas', 'pods-ready'],
    ['replicas', 'object.spec.replicas', 'replicas-wanted'],
  ])('of a predicate about %s become its condition', (_name, path, condition) => {
    const args = { namespace: 'shop', kind: 'DaemonSet', name: 'agent' }
    const old = { message: 'agent is there', tool: 'kubernetes_get_object', args, path, op: '>=', value: 2 }
    const upgraded = upgradePredicate(old, 'recovered')
    expect(Predicate.parse(upgraded)).toMatchObject({
      kind: 'rollout-complete',
      condition,
      workload: { kind: 'DaemonSet', namespace: 'shop', name: 'agent' },
    })
    expect(upgradePredicate(upgraded, 'recovered')).toEqual(upgraded)
  })
})
