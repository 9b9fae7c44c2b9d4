import { describe, expect, it } from 'vitest'
import { diagnose } from '../incident/diagnose.ts'
import { buildSnapshot } from '../snapshot/build-snapshot.ts'
import { parseQuestionId, questionId } from '../snapshot/question-id.ts'
import { Scope } from '../snapshot/snapshot.ts'
import { investigate } from '../testing/investigate.ts'
import { iso } from '../testing/kube.ts'
import { addAlert, addRelease, healthyWorld, NOW, setCurve, step } from '../testing/sample-cluster.ts'
import { planQuestions } from './plan-questions.ts'

const scope = (more: Partial<Scope> = {}) =>
  Scope.parse({ namespace: 'shop-production', service: 'front', since: iso(NOW), timeScale: 30, ...more })
const first = (more: Partial<Scope> = {}) =>
  planQuestions({ scope: scope(more), diagnosis: null, round: 1, now: iso(NOW + 5) })

describe('the first round', () => {
  it('asks for objects, events, alerts, applications and every signal, each once and with a reason', () => {
    const questions = first()
    const ids = questions.map(question => question.id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(questions.every(question => question.why !== '')).toBe(true)
    expect(ids).toEqual(
      expect.arrayContaining([
        questionId.objects('workloads'),
        'events',
        'alerts',
        questionId.deliveryApps(),
        questionId.series('error-ratio'),
      ]),
    )
    expect(questions.length).toBeLessThan(30)
  })

  it('reads from well before the alert until now, with a rate window of four scrapes or more', () => {
    const [fast, slow] = [first(), first({ timeScale: 1 })].map(questions =>
      questions.find(question => question.id === questionId.series('request-rate')),
    )
    expect(fast?.args).toMatchObject({ start: iso(NOW - 180), end: iso(NOW + 5) })
    expect(String(fast?.args.query)).toContain('[6s]')
    expect(slow?.args).toMatchObject({ start: iso(NOW - 2700) })
    expect(String(slow?.args.query)).toContain('[150s]')
    expect((2705 / Number(slow?.args.stepSeconds)) | 0).toBeLessThan(200)
  })

  it('puts no label into a query that is not a valid name', () => {
    const questions = first({
      namespace: null,
      alerts: [
        {
          name: 'X',
          status: 'firing',
          labels: { namespace: 'a"} or vector(1) #' },
          annotations: {},
          startsAt: iso(NOW),
          endsAt: null,
        },
      ],
    })
    expect(questions.map(question => question.id)).toEqual([questionId.deliveryApps(), questionId.alerts()])
  })
})

describe('later rounds', () => {
  function slowRelease() {
    const world = healthyWorld()
    addRelease(world, 'orders', NOW - 40, { image: 'registry.example/shop/orders:1.1.0' })
    setCurve(world, 'latency-mean', { service: 'orders' }, step(0.02, 0.4, NOW - 40))
    addAlert(world, 'LatencyHigh', { service: 'orders' }, NOW - 8)
    return world
  }

  it('ask for the logs of the suspect, its application and what was released, within the budget', () => {
    const ids = investigate(slowRelease()).evidence.map(answer => answer.question.id)
    expect(ids).toEqual(
      expect.arrayContaining([
        questionId.logs('orders-h4-1', 'orders', false),
        questionId.deliveryHistory('orders'),
        questionId.deliveryDiff('orders'),
        questionId.commits('orders'),
      ]),
    )
    expect(ids.map(parseQuestionId)).toContainEqual(
      expect.objectContaining({ kind: 'compare', repo: 'git.example/shop/deploy' }),
    )
    expect(ids.length).toBeLessThanOrEqual(42)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('go on where a first read failed, such as that of the events', () => {
    const world = slowRelease()
    world.unreadable = ['events']
    const ids = investigate(world).evidence.map(({ question }) => question.id)
    expect(ids).toContain(questionId.logs('orders-h4-1', 'orders', false))
    expect(ids).toContain(questionId.deliveryHistory('orders'))
  })

  it('never repeat a question, whether it was answered or could not be read', () => {
    const { snapshot, diagnosis, evidence } = investigate(slowRelease())
    const { scope } = snapshot
    const failed = evidence.map(answer => ({
      ...answer,
      outcome: 'unread' as const,
      result: null,
      reason: { code: 'X', message: 'x' },
    }))
    const nothing = diagnose(buildSnapshot(scope, failed))
    for (const round of [1, 2, 3]) {
      expect(planQuestions({ scope, diagnosis, round, now: iso(NOW) })).toEqual([])
      expect(planQuestions({ scope, diagnosis: nothing, round, now: iso(NOW) })).toEqual([])
    }
  })
})
