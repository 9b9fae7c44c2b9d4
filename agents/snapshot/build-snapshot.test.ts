import type { Evidence } from '@goalixa/tools/evidence'
import { describe, expect, it } from 'vitest'
import { investigate } from '../testing/investigate.ts'
import { addRelease, healthyWorld, NOW, setCurve } from '../testing/sample-cluster.ts'
import { buildSnapshot } from './build-snapshot.ts'
import { diffJson } from './changes/diff-json.ts'
import { indexSnapshot } from './index-snapshot.ts'
import { questionId } from './question-id.ts'
import { Scope } from './snapshot.ts'

const scope = Scope.parse({ since: '2026-01-01T00:00:00Z' })
const answer = (
  id: string,
  tool: string,
  result: unknown,
  args: Evidence['question']['args'] = {},
): Evidence => ({
  id: 'E1',
  question: { id, tool, args, why: '' },
  at: '2026-01-01T00:00:10.000Z',
  tookMs: 500,
  outcome: 'read',
  result: result as Evidence['result'],
  digest: '',
  cut: [],
  reason: null,
})

describe('a snapshot', () => {
  it('knows the cluster of an application by its list, whatever a later read of it alone says', () => {
    const app = (cluster: string, health: string) => ({ name: 'orders', cluster, health, resources: [] })
    const apps = [app('prod-eu', 'Healthy'), { name: 'mail', cluster: 'prod-us' }]
    const snapshot = buildSnapshot({ ...scope, cluster: 'prod-eu' }, [
      answer(questionId.deliveryApps(), 'delivery_list_apps', { apps }),
      answer('model/app', 'delivery_get_app', app('https://10.0.0.1:6443', 'Degraded'), { name: 'orders' }),
    ])
    expect(indexSnapshot(snapshot).appOfWorkload('orders')).toMatchObject({
      cluster: 'prod-eu',
      health: 'Degraded',
    })
    expect(snapshot.unread).toEqual([])
  })

  it('has the time of the last read, and gaps where points are not numbers', () => {
    const series = [{ labels: { a: 'b', c: 1 }, points: [[1, '2.5'], [2, 'NaN'], [3, null], 'x', [4, 5]] }]
    const { at, series: read } = buildSnapshot(scope, [
      answer(questionId.series('memory'), 'prometheus_query_range', { series }),
    ])
    expect(at).toBe('2026-01-01T00:00:10.500Z')
    expect(read).toEqual([
      {
        evidence: 'E1',
        name: 'memory',
        labels: { a: 'b' },
        points: [
          [1, 2.5],
          [4, 5],
        ],
      },
    ])
  })

  it('counts kinds that the API refused as unread, not as absent', () => {
    const refused = [{ kind: 'Secret', code: 'FORBIDDEN', reason: 'not allowed' }]
    const { unread } = buildSnapshot(scope, [
      answer(questionId.objects('secrets'), 'kubernetes_list_objects', { objects: [{ kind: 5 }], refused }),
    ])
    expect(unread).toEqual([
      expect.objectContaining({
        question: questionId.objects('secrets'),
        part: 'Secret',
        reason: 'not allowed',
      }),
    ])
  })

  it('holds the template diff of a rollout, the sync with its commits, and scaling', () => {
    const world = healthyWorld()
    addRelease(
      world,
      'orders',
      NOW - 40,
      { image: 'registry.example/shop/orders:1.1.0' },
      { message: 'Ship it' },
    )
    setCurve(world, 'replicas-desired', { deployment: 'users' }, time => (time < NOW - 30 ? 2 : 1))
    const { changes } = investigate(world, { service: 'orders' }).snapshot
    expect(changes).toContainEqual(
      expect.objectContaining({
        kind: 'rollout',
        from: '3',
        to: '4',
        diff: [
          expect.objectContaining({
            path: 'spec.containers.[orders].image',
            after: 'registry.example/shop/orders:1.1.0',
          }),
        ],
      }),
    )
    expect(changes).toContainEqual(
      expect.objectContaining({ kind: 'sync', summary: expect.stringContaining('Ship it') }),
    )
    expect(changes).toContainEqual(expect.objectContaining({ kind: 'scale', from: '2', to: '1' }))
  })

  it('lists a call once for each read that shows it, so that a claim can cite any of them', () => {
    const { evidence, snapshot } = investigate(healthyWorld(), { service: 'front' })
    const read = evidence.find(({ question }) => question.id === questionId.series('upstream-rate'))
    if (read === undefined) throw new Error('The planner did not ask for upstream-rate.')
    const id = questionId.series('upstream-rate', 'opentelemetry-otlp')
    const again = { ...read, id: 'E99', question: { ...read.question, id } }
    const { edges } = buildSnapshot(snapshot.scope, [...evidence, again])
    const calls = edges.filter(
      edge => edge.from === 'front' && edge.to === 'orders' && edge.via === 'metrics',
    )
    expect(calls.map(call => call.evidence).toSorted()).toEqual([read.id, 'E99'].toSorted())
  })

  it('shows who calls whom by metrics, settings, Ingress and selectors', () => {
    const { edges } = investigate(healthyWorld(), { service: 'front' }).snapshot
    const known = edges.map(edge => `${edge.from} → ${edge.to} (${edge.via})`)
    expect(known).toEqual(
      expect.arrayContaining([
        'front → orders (metrics)',
        'users → db (metrics)',
        'Ingress/app.shop.example → front (selector)',
        'Service/orders → orders (selector)',
      ]),
    )
  })
})

describe('a difference', () => {
  it('compares named lists by name and leaves out what is equal', () => {
    const before = {
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
      args: ['x'],
    }
    const after = {
      env: [
        { name: 'B', value: '3' },
        { name: 'A', value: '1' },
      ],
      args: ['x', 'y'],
    }
    expect(diffJson(before, after)).toEqual([
      { path: 'args', before: ['x'], after: ['x', 'y'] },
      { path: 'env.[B].value', before: '2', after: '3' },
    ])
    expect(diffJson(before, before)).toEqual([])
  })
})
