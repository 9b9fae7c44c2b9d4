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

/** A healthy cluster, and an alert that does not fire any more. */
function over(service = 'orders'): World {
  const world = healthyWorld()
  addAlert(world, 'ErrorBudgetBurn', { service }, NOW - 40)
  world.firing = []
  return world
}

/** Answers in which objects of one kind are missing, as refused by the API or as cut by the recorder. */
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

describe('what was not read', () => {
  it('is not nothing: without the service’s own series nobody can say that nothing is wrong', () => {
    const bare = over()
    bare.series = []
    expect(investigate(bare).verdict).toMatchObject({
      outcome: 'inconclusive',
      message: expect.stringContaining('no request metrics of orders'),
    })
    expect(investigate(over('shop')).verdict.outcome).toBe('inconclusive')
    expect(investigate(over()).verdict.outcome).toBe('no-fault')
  })

  it.each([true, false])('is not nothing where the pods are missing (cut: %s)', isCut => {
    const { verdict } = investigate(over(), {}, without('Pod', isCut))
    expect(verdict).toMatchObject({ outcome: 'inconclusive', message: expect.stringContaining('Pod') })
    expect(verdict.unread).toContainEqual(
      expect.objectContaining({ question: questionId.objects('workloads'), part: 'Pod' }),
    )
  })

  it.each([true, false])('is not a missing ConfigMap (cut: %s)', isCut => {
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

  it('is not a missing autoscaler: fewer replicas than Git says may be its work', () => {
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
