import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { investigationScope } from '../investigations/investigation-scope.ts'
import { takePlaces } from '../jobs/take-places.ts'
import { type AlertStore, startAlertStore, THRESHOLD } from '../testing/start-alert-store.ts'
import { alertOf } from './alert.ts'

let store: AlertStore
beforeAll(async () => {
  store = await startAlertStore()
})
afterAll(() => store.stop())
beforeEach(() => store.clear())

const deliver: AlertStore['deliver'] = (...given) => store.deliver(...given)
const readIncidents = () => store.readIncidents()
const services = (count: number, labels: Record<string, string> = {}) =>
  Array.from({ length: count }, (_, index) => ({ namespace: 'shop', service: `service-${index}`, ...labels }))

test('above the threshold alerts of one namespace are one incident, which says so, and is investigated once', async () => {
  await deliver(services(20))
  const incidents = await readIncidents()
  expect(incidents.map(({ alerts, investigations }) => [alerts.length, investigations])).toEqual([
    ...Array(THRESHOLD).fill([1, 1]),
    [20 - THRESHOLD, 1],
  ])
  const storm = incidents.at(-1)
  expect(storm).toMatchObject({
    title: '16 alerts on namespace shop within 1 minute',
    namespace: 'shop',
    label: 'namespace',
    value: 'shop',
  })
  const linked = await store.pool.query(
    `SELECT incident_id, data->'incidents' AS incidents FROM timeline WHERE kind = 'incidents-linked' ORDER BY id`,
  )
  const earlier = incidents.slice(0, THRESHOLD).map(({ id }) => id)
  expect(linked.rows).toEqual([
    { incident_id: storm?.id, incidents: earlier },
    ...earlier.map(id => ({ incident_id: id, incidents: [storm?.id] })),
  ])
})

test('a storm that arrives in one delivery is one incident from the start', async () => {
  await deliver([...services(20), { namespace: 'elsewhere', service: 'mail' }], { batch: 21 })
  expect(
    (await readIncidents()).map(({ title, investigations }) => [title, investigations]).toSorted(),
  ).toEqual([
    ['20 alerts on namespace shop within 1 minute', 1],
    ['NotReady on elsewhere/mail', 1],
  ])
})

test('as many alerts of one service as there are is no storm', async () => {
  await deliver(
    Array.from({ length: 20 }, (_, index) => ({
      alertname: `A${index}`,
      namespace: 'shop',
      service: 'core',
    })),
    { batch: 20 },
  )
  expect((await readIncidents()).map(({ label, alerts }) => [label, alerts.length])).toEqual([[null, 20]])
})

test('the investigation of a storm does not wait behind those of its namespace', async () => {
  await deliver(services(20))
  const { rows } = await store.pool.query(
    `SELECT i.id, n.storm_label IS NOT NULL AS "isStorm" FROM investigations i JOIN incidents n ON n.id = i.incident_id`,
  )
  const places = await takePlaces(
    store.pool,
    rows.map(({ id }) => id),
  )
  const rounds = rows.map(({ id, isStorm }) => [isStorm, places.get(id)?.round])
  expect(rounds.toSorted()).toEqual([
    [false, 0],
    [false, 1],
    [false, 2],
    [false, 3],
    [true, 0],
  ])
})

test('a storm on a node covers many namespaces, and its investigation is about the node', async () => {
  const onNode = Array.from({ length: 12 }, (_, index) => ({
    namespace: `team-${index}`,
    service: 'web',
    node: 'worker-3',
  }))
  await deliver(onNode, { batch: 2 })
  const storm = (await readIncidents()).at(-1)
  expect(storm).toMatchObject({ title: '8 alerts on node worker-3 within 1 minute', namespace: null })
  const client = await store.pool.connect()
  try {
    const row = { incidentId: storm?.id, request: null, createdAt: new Date() }
    const scope = await investigationScope(client, row as never, { timeScale: 1, environments: [] })
    expect(scope).toMatchObject({ object: { kind: 'Node', name: 'worker-3' }, service: null })
    expect(scope.alerts).toHaveLength(8)
  } finally {
    client.release()
  }
})

test('an unrelated alert keeps its own incident, also where a label of the whole cluster is shared', async () => {
  const cluster = { cluster: 'prod' }
  const storm = services(15, { ...cluster, node: 'worker-3' })
  await deliver([
    ...storm,
    { ...cluster, namespace: 'elsewhere', service: 'mail' },
    ...services(3, { ...cluster, namespace: 'third' }),
  ])
  const own = (await readIncidents()).filter(({ alerts }) => alerts[0]?.namespace !== 'shop')
  expect(own.map(({ title, label }) => [title, label])).toEqual([
    ['NotReady on elsewhere/mail in cluster prod', null],
    ['NotReady on third/service-0 in cluster prod', null],
    ['NotReady on third/service-1 in cluster prod', null],
    ['NotReady on third/service-2 in cluster prod', null],
  ])
})

test('what is spread over many namespaces of a cluster is a storm of the cluster', async () => {
  const spread = Array.from({ length: 5 * THRESHOLD + 6 }, (_, index) => ({
    namespace: `n-${index}`,
    service: 'web',
    cluster: 'prod',
  }))
  await deliver(spread)
  expect((await readIncidents()).at(-1)).toMatchObject({ title: '6 alerts on cluster prod within 1 minute' })
})

test('a more severe alert does not join the storm: it opens its own incident with its severity', async () => {
  await deliver([
    ...services(10),
    { namespace: 'shop', service: 'payments', severity: 'critical' },
    { namespace: 'shop', severity: 'critical' },
  ])
  const incidents = await readIncidents()
  expect(
    incidents.filter(({ severity }) => severity === 'critical').map(({ title, label }) => [title, label]),
  ).toEqual([
    ['NotReady on shop/payments', null],
    ['NotReady on shop', null],
  ])
  expect(incidents.find(({ label }) => label !== null)).toMatchObject({
    severity: 'warning',
    alerts: { length: 6 },
  })
})

test('a less severe alert joins a storm of more severe ones', async () => {
  await deliver(services(6, { severity: 'critical' }))
  await deliver([{ namespace: 'shop', service: 'payments', severity: 'info' }])
  expect((await readIncidents()).at(-1)).toMatchObject({ severity: 'critical', alerts: { length: 3 } })
})

test('an alert that belongs to an incident of its own joins that one, not the storm', async () => {
  await deliver(services(10))
  await deliver([{ alertname: 'Slow', namespace: 'shop', service: 'service-0' }])
  const [first] = await readIncidents()
  expect(first?.alerts.map(({ alertname }) => alertname)).toEqual(['NotReady', 'Slow'])
})

test('a storm ends: it resolves with its alerts, and after a while a new alert has its own incident again', async () => {
  const given = services(10)
  await deliver(given)
  const before = await readIncidents()
  const { rows } = await store.pool.query('SELECT labels, starts_at FROM alerts')
  const ended = rows.map(({ labels, starts_at }) =>
    alertOf({
      status: 'resolved',
      labels,
      startsAt: starts_at.toISOString(),
      endsAt: new Date(store.startMs + 60_000).toISOString(),
    }),
  )
  await store.ingest(ended, new Date(store.startMs + 60_000))
  expect((await readIncidents()).map(({ state }) => state)).toEqual(before.map(() => 'resolved'))
  // Soon after, what was part of the storm fires again: the same storm, not another one.
  await deliver(given.slice(-2))
  expect(await readIncidents()).toHaveLength(before.length)
  store.wait(3_000)
  await deliver([{ namespace: 'shop', service: 'late' }])
  const last = (await readIncidents()).at(-1)
  expect(last).toMatchObject({ title: 'NotReady on shop/late', label: null })
})

test('a storm that only a trickle of alerts keeps alive is over: they have incidents of their own', async () => {
  await deliver(services(10))
  const storm = (await readIncidents()).at(-1)
  for (const name of ['first', 'second', 'third']) {
    store.wait(290)
    await deliver([{ namespace: 'shop', service: name }])
  }
  const later = (await readIncidents()).slice(THRESHOLD + 1)
  expect(later.map(({ title }) => title)).toEqual(['NotReady on shop/second', 'NotReady on shop/third'])
  expect((await readIncidents())[THRESHOLD]).toMatchObject({ id: storm?.id, alerts: { length: 7 } })
})

test('alerts of one service alone do not keep a storm alive', async () => {
  await deliver(services(10))
  for (let index = 0; index < 30; index += 1) {
    store.wait(20)
    await deliver([{ alertname: `A${index}`, namespace: 'shop', service: 'noisy' }])
  }
  expect((await readIncidents()).at(-1)).toMatchObject({
    title: expect.stringContaining('on shop/noisy'),
    label: null,
  })
})

test('a wide storm goes on however many alerts each of its services sends', async () => {
  const wide = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      cluster: 'west',
      namespace: `team-${from + index}`,
      service: `service-${from + index}`,
    }))
  await deliver(wide(0, 5 * THRESHOLD + 1))
  const before = (await readIncidents()).length
  for (let index = 0; index < 60; index += 1) {
    store.wait(10)
    const [labels] = wide(100 + index, 1)
    await deliver(
      Array.from({ length: 25 }, (_, alert) => ({ ...labels, alertname: `Pod${alert}` })),
      { batch: 25 },
    )
  }
  expect(await readIncidents()).toHaveLength(before)
})

test('a storm that never ceases is grouped and investigated again after an hour, also what was part of it', async () => {
  await deliver(services(10))
  for (let minute = 0; minute < 65; minute += 1) {
    store.wait(57)
    await deliver([
      { namespace: 'shop', service: `more-${minute}` },
      { namespace: 'shop', service: `even-more-${minute}` },
    ])
  }
  const [storm, next] = (await readIncidents()).filter(({ label }) => label !== null)
  expect(next).toMatchObject({ value: 'shop', investigations: 1 })
  const { rows } = await store.pool.query(
    `SELECT message FROM timeline WHERE incident_id = $1 AND kind = 'incident-opened'`,
    [next?.id],
  )
  expect(rows[0].message).toContain(
    `follows the storm of incident ${storm?.id}, which took alerts for 60 minutes`,
  )
  // An alert of the old storm that fires again, although that storm's incident is still open.
  await deliver([{ namespace: 'shop', service: 'service-9' }])
  const last = (await readIncidents()).find(({ id }) => id === next?.id)
  expect(last?.alerts.map(({ service }) => service)).toContain('service-9')
})

test('a threshold of 0 turns storms off', async () => {
  await deliver(services(12), { threshold: 0 })
  expect((await readIncidents()).map(({ label }) => label)).toEqual(Array(12).fill(null))
})
