import { describe, expect, it } from 'vitest'
import { questionId } from '../../snapshot/question-id.ts'
import { AT, newRevision, slower, withDecoys } from '../../testing/cases.ts'
import { investigate } from '../../testing/investigate.ts'
import { alert, curve, healthyWorld, NOW, release, step } from '../../testing/sample-cluster.ts'
import { checkCitations } from './check-citations.ts'

const { evidence, snapshot, verdict } = investigate(slowRelease())
const E = (question: string) =>
  evidence.find(answer => answer.question.id === question)?.id ?? `no ${question}`
const [WORKLOADS, MEAN, CALLS, BY_REVISION, EVENTS, LOGS_OF_USERS] = [
  questionId.objects('workloads'),
  questionId.series('latency-mean'),
  questionId.series('upstream-rate'),
  questionId.series('latency-mean-by-revision'),
  'events',
  questionId.logs('users-h3-1', 'users', false),
].map(E) as [string, string, string, string, string, string]

const check = (message: string, cited: string[], hops?: { from: string; to: string }[]) => {
  const { kept, dropped } = checkCitations([{ message, evidence: cited, hops }], evidence, snapshot, verdict)
  return kept.length === 1 ? 'kept' : dropped[0]?.because
}

describe('a claim is kept', () => {
  it.each([
    ['Since revision 4 orders takes 420 ms instead of 20 ms.', [MEAN, WORKLOADS, BY_REVISION]],
    ['Orders became slower at 14:12:40.', [MEAN]],
    ['The front waits for orders, which became slower.', [MEAN, CALLS]],
    ['front, orders and users serve requests.', [MEAN]],
    ['The pod orders-h4-1 runs registry.example/shop/orders:1.1.0.', [WORKLOADS]],
    ['The alert `LatencyHigh` fired because the new release of orders is slow.', [BY_REVISION]],
    ['The latency of the front service is 0.22 s.', [MEAN]],
    ['Memory stayed normal, so an out-of-memory kill is unlikely.', [E(questionId.series('memory'))]],
  ])('that says what its evidence shows: %s', (message, cited) => {
    expect(check(message, cited)).toBe('kept')
  })

  it('if the engine said it of the same evidence', () => {
    const own = verdict.causes.flatMap(cause => [...cause.chain, ...cause.for, ...cause.against])
    const claims = [...verdict.findings, ...verdict.ruledOut, ...own]
    expect(claims.length).toBeGreaterThan(10)
    expect(checkCitations(claims, evidence, snapshot, verdict).dropped).toEqual([])
  })
})

describe('a claim is dropped', () => {
  it.each([
    ['it cites no evidence', 'orders is slow', []],
    ['E99 does not exist', 'orders is slow', [MEAN, 'E99']],
    ['nothing it cites tells of orders', 'orders is slow', [LOGS_OF_USERS]],
    ['nothing it cites tells of orders-h4-1', 'Users are fine because orders-h4-1 is gone.', [LOGS_OF_USERS]],
    ['nothing it cites links front and orders', 'The front waits for orders.', [MEAN]],
    ['nothing it cites links users and orders', 'users makes orders slow.', [MEAN, CALLS]],
    ['nothing it cites knows payments', 'The payments service refuses connections.', [WORKLOADS]],
    ['nothing it cites knows payments', 'Payments is down.', [WORKLOADS]],
    ['nothing it cites knows billing', 'The billing service is overloaded.', [WORKLOADS]],
    ['nothing it cites knows mars', 'orders waits for mars.', [MEAN]],
    ['nothing it cites knows payments', 'It is slow because payments crashed.', [BY_REVISION]],
    ['nothing it cites knows Redis', 'It is slow because of the eviction of Redis keys.', [BY_REVISION]],
    ['nothing it cites knows orders-x9z8y-qqqqq', 'Pod orders-x9z8y-qqqqq was killed.', [WORKLOADS]],
    ['nothing it cites knows payments-api', 'The outage of payments-api spreads.', [EVENTS]],
    ['nothing it cites knows ECONNREFUSED mars', 'The log says "ECONNREFUSED mars".', [LOGS_OF_USERS]],
    ['nothing it cites has the number 987', 'orders takes 987 ms.', [MEAN]],
    ['nothing it cites has the number 73', '73 % of requests fail.', [MEAN]],
    ['nothing it cites has the number 09:15', 'It began at 09:15.', [MEAN]],
    [
      "it explains, and cites nothing that the verdict's cause rests on",
      'Users suffer because memory ran out.',
      [LOGS_OF_USERS],
    ],
  ])('because %s: %s', (because, message, cited) => {
    expect(check(message, cited)).toBe(because)
  })

  it('because what it cites could not be read', () => {
    const unread = evidence.map(answer =>
      answer.id === MEAN ? { ...answer, outcome: 'unread' as const } : answer,
    )
    const claim = { message: 'orders is slow', evidence: [MEAN] }
    const because = `${MEAN} could not be read`
    expect(checkCitations([claim], unread, snapshot, verdict).dropped).toEqual([{ claim, because }])
  })

  it('because a hop that it tells of is not in what it cites, or goes the other way', () => {
    const message = 'Calls became slow.'
    expect(check(message, [CALLS], [{ from: 'front', to: 'orders' }])).toBe('kept')
    for (const [cited, from, to] of [
      [MEAN, 'front', 'orders'],
      [CALLS, 'orders', 'front'],
      [CALLS, 'orders', 'mars'],
    ] as const)
      expect(check(message, [cited], [{ from, to }])).toBe(`nothing it cites shows that ${from} calls ${to}`)
  })

  it('although it cites everything, if it links two services between which no call was read', () => {
    const all = evidence.filter(answer => answer.outcome === 'read').map(answer => answer.id)
    expect(check('orders fails because users is slow.', all)).toBe('nothing it cites links orders and users')
    expect(check('front is slow because orders waits for db.', all)).toBe('kept')
  })
})

function slowRelease() {
  const world = withDecoys(healthyWorld())
  release(world, 'orders', AT, { image: 'registry.example/shop/orders:1.1.0' })
  slower(world, 'orders', 0.4)
  slower(world, 'front', 0.2)
  curve(world, 'upstream-latency', { service: 'front', upstream: 'orders' }, step(0.01, 0.41, AT))
  newRevision(world, 'orders', 'latency-mean-by-revision', 0.02, 0.42)
  alert(world, 'LatencyHigh', { service: 'front' }, NOW - 8)
  return world
}
