import type { Question } from '@goalixa/tools/evidence'
import { describe, expect, it } from 'vitest'
import { questionId } from '../snapshot/question-id.ts'
import { answerOf } from '../testing/answer-of.ts'
import { investigate } from '../testing/investigate.ts'
import { NAMESPACE } from '../testing/kube.ts'
import {
  addAlert,
  addRelease,
  healthyWorld,
  NOW,
  setCurve,
  step,
  type World,
} from '../testing/sample-cluster.ts'

/** A healthy cluster with an alert that no longer fires. */
function over(service = 'orders'): World {
  const world = healthyWorld()
  addAlert(world, 'ErrorBudgetBurn', { service }, NOW - 40)
  world.firing = []
  return world
}

/** Answers in which the objects of one kind are missing, because the API refused them or the recorder truncated the list. */
function without(kind: string, isCut: boolean) {
  return (world: World, question: Question, number: number) => {
    const answer = answerOf(world, question, number)
    const result = answer.result as { objects?: { kind: string }[]; refused?: unknown[] }
    const kinds = question.args.kinds
    if (result?.objects === undefined || !Array.isArray(kinds) || !kinds.includes(kind)) return answer
    result.objects = result.objects.filter(object => object.kind !== kind)
    if (isCut) answer.cut = [{ path: 'objects', unit: 'items', kept: 87, total: 90 }]
    else result.refused = [{ kind, code: 'FORBIDDEN', reason: 'not allowed' }]
    return answer
  }
}

describe('evidence that was not read', () => {
  it('does not count as healthy: without the series of the service itself, no fault cannot be concluded', () => {
    const bare = over()
    bare.series = []
    expect(investigate(bare).verdict).toMatchObject({
      outcome: 'inconclusive',
      message: expect.stringContaining('no request metrics of orders'),
    })
    expect(investigate(over('shop')).verdict.outcome).toBe('inconclusive')
    expect(investigate(over()).verdict.outcome).toBe('no-fault')
  })

  it.each([true, false])('does not count as healthy where the pods are missing (truncated: %s)', isCut => {
    const { verdict } = investigate(over(), {}, without('Pod', isCut))
    expect(verdict).toMatchObject({ outcome: 'inconclusive', message: expect.stringContaining('Pod') })
    expect(verdict.unread).toContainEqual(
      expect.objectContaining({ question: questionId.objects('workloads'), part: 'Pod' }),
    )
  })

  it.each([true, false])('is not a missing ConfigMap (truncated: %s)', isCut => {
    const world = healthyWorld()
    world.objects.push({ kind: 'ConfigMap', metadata: { name: 'orders', namespace: NAMESPACE }, data: {} })
    const envFrom = [{ configMapRef: { name: 'orders' } }]
    addRelease(world, 'orders', NOW - 60, { envFrom }, { isStuck: true, pod: { ready: false } })
    addAlert(world, 'KubePodNotReady', { pod: 'orders-h4-1' }, NOW - 8)
    const codes = investigate(world, {}, without('ConfigMap', isCut)).verdict.findings.map(
      finding => finding.code,
    )
    expect(codes).not.toContain('CONFIG_MISSING')
  })

  it('is not a missing autoscaler, which may have set fewer replicas than Git declares', () => {
    const world = healthyWorld()
    world.diffs.orders = [
      { kind: 'Deployment', name: 'orders', changes: [{ path: 'spec.replicas', live: 2, desired: 3 }] },
    ]
    setCurve(world, 'replicas-desired', { deployment: 'orders' }, time => (time < NOW - 40 ? 3 : 2))
    setCurve(world, 'latency-mean', { service: 'orders' }, step(0.02, 0.4, NOW - 40))
    addAlert(world, 'LatencyHigh', { service: 'orders' }, NOW - 8)
    const codesWith = (answer: typeof answerOf) =>
      investigate(world, {}, answer).verdict.findings.map(finding => finding.code)
    expect(codesWith(answerOf)).toContain('SCALED_BELOW_GIT')
    expect(codesWith(without('HorizontalPodAutoscaler', false))).not.toContain('SCALED_BELOW_GIT')
  })
})
