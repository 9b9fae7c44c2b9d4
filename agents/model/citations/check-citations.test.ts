import { describe, expect, it } from 'vitest'
import { questionId } from '../../snapshot/question-id.ts'
import { AT, addDecoys, makeSlower, setSignalPerRevision } from '../../testing/cases.ts'
import { investigate } from '../../testing/investigate.ts'
import { addAlert, addRelease, healthyWorld, NOW, setCurve, step } from '../../testing/sample-cluster.ts'
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
  return kept.length === 1 ? 'kept' : dropped[0]?.reason
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
  ])('whose evidence supports it: %s', (message, cited) => {
    expect(check(message, cited)).toBe('kept')
  })

  it('if the engine derived it from the same evidence', () => {
    const own = verdict.causes.flatMap(cause => [...cause.chain, ...cause.for, ...cause.against])
    const claims = [...verdict.findings, ...verdict.ruledOut, ...own]
    expect(claims.length).toBeGreaterThan(10)
    expect(checkCitations(claims, evidence, snapshot, verdict).dropped).toEqual([])
  })
})

describe('a claim is dropped', () => {
  it.each([
    ['the claim cites no evidence', 'orders is slow', []],
    ['E99 does not exist', 'orders is slow', [MEAN, 'E99']],
    ['the evidence does not mention orders', 'orders is slow', [LOGS_OF_USERS]],
    [
      'the evidence does not mention orders-h4-1',
      'Users are fine because orders-h4-1 is gone.',
      [LOGS_OF_USERS],
    ],
    ['the evidence does not link front and orders', 'The front waits for orders.', [MEAN]],
    ['the evidence does not link users and orders', 'users makes orders slow.', [MEAN, CALLS]],
    [
      'the evidence does not contain the name payments',
      'The payments service refuses connections.',
      [WORKLOADS],
    ],
    ['the evidence does not contain the name payments', 'Payments is down.', [WORKLOADS]],
    ['the evidence does not contain the name billing', 'The billing service is overloaded.', [WORKLOADS]],
    ['the evidence does not contain the name mars', 'orders waits for mars.', [MEAN]],
    [
      'the evidence does not contain the name payments',
      'It is slow because payments crashed.',
      [BY_REVISION],
    ],
    [
      'the evidence does not contain the name Redis',
      'It is slow because of the eviction of Redis keys.',
      [BY_REVISION],
    ],
    [
      'the evidence does not contain the name orders-x9z8y-qqqqq',
      'Pod orders-x9z8y-qqqqq was killed.',
      [WORKLOADS],
    ],
    ['the evidence does not contain the name payments-api', 'The outage of payments-api spreads.', [EVENTS]],
    [
      'the evidence does not contain the name ECONNREFUSED mars',
      'The log says "ECONNREFUSED mars".',
      [LOGS_OF_USERS],
    ],
    ['the evidence does not contain the number 987', 'orders takes 987 ms.', [MEAN]],
    ['the evidence does not contain the number 73', '73 % of requests fail.', [MEAN]],
    ['the evidence does not contain the number 09:15', 'It began at 09:15.', [MEAN]],
    [
      'the claim names a reason, but cites no evidence for the cause of the verdict',
      'Users suffer because memory ran out.',
      [LOGS_OF_USERS],
    ],
  ])('because %s: %s', (reason, message, cited) => {
    expect(check(message, cited)).toBe(reason)
  })

  it('because its evidence could not be read', () => {
    const unread = evidence.map(answer =>
      answer.id === MEAN ? { ...answer, outcome: 'unread' as const } : answer,
    )
    const claim = { message: 'orders is slow', evidence: [MEAN] }
    const reason = `${MEAN} could not be read`
    expect(checkCitations([claim], unread, snapshot, verdict).dropped).toEqual([{ claim, reason }])
  })

  it('because a call that it mentions is not in its evidence, or has the opposite direction', () => {
    const message = 'Calls became slow.'
    expect(check(message, [CALLS], [{ from: 'front', to: 'orders' }])).toBe('kept')
    for (const [cited, from, to] of [
      [MEAN, 'front', 'orders'],
      [CALLS, 'orders', 'front'],
      [CALLS, 'orders', 'mars'],
    ] as const)
      expect(check(message, [cited], [{ from, to }])).toBe(
        `the evidence does not show that ${from} calls ${to}`,
      )
  })

  it('although it cites all evidence, if it links two services between which no call was read', () => {
    const all = evidence.filter(answer => answer.outcome === 'read').map(answer => answer.id)
    expect(check('orders fails because users is slow.', all)).toBe(
      'the evidence does not link orders and users',
    )
    expect(check('front is slow because orders waits for db.', all)).toBe('kept')
  })
})

function slowRelease() {
  const world = addDecoys(healthyWorld())
  addRelease(world, 'orders', AT, { image: 'registry.example/shop/orders:1.1.0' })
  makeSlower(world, 'orders', 0.4)
  makeSlower(world, 'front', 0.2)
  setCurve(world, 'upstream-latency', { service: 'front', upstream: 'orders' }, step(0.01, 0.41, AT))
  setSignalPerRevision(world, 'orders', 'latency-mean-by-revision', 0.02, 0.42)
  addAlert(world, 'LatencyHigh', { service: 'front' }, NOW - 8)
  return world
}
