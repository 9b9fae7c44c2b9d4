import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDependencies } from './composition/create-dependencies.ts'
import { startSyntra } from './testing/start-syntra.ts'
import { testConfig } from './testing/test-config.ts'

let postgres: TestPostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())

type Incident = {
  id: string
  title: string
  investigation: { id: string; state: string }
  alerts: { firing: number }
}

test('three hundred alerts of a node: one incident, which names the node, and one investigation, which ends', async () => {
  const databaseUrl = await postgres.createDatabase()
  const syntra = await startSyntra({
    databaseUrl,
    dependencies: await createDependencies(testConfig(databaseUrl)),
    // A machine that is busy with other tests must not lose a lease.
    settings: { SYNTRA_JOB_LOCK_SECONDS: '60' },
  })
  try {
    const alerts = Array.from({ length: 300 }, (_, index) => ({
      labels: {
        alertname: 'KubePodNotReady',
        node: 'worker-3',
        namespace: `team-${index % 30}`,
        service: `service-${index % 150}`,
        pod: `pod-${index}`,
      },
    }))
    for (let start = 0; start < alerts.length; start += 50)
      expect((await syntra.deliver(alerts.slice(start, start + 50))).status).toBe(202)
    const isOver = ({ incidents }: { incidents: Incident[] }) =>
      incidents.length > 0 && incidents.every(({ investigation }) => /done|failed/.test(investigation.state))
    const { incidents } = (await syntra.until('/v1/incidents?limit=50', isOver)) as { incidents: Incident[] }
    expect(incidents.map(({ investigation }) => investigation.state)).toEqual(['done'])
    expect(incidents.reduce((total, { alerts }) => total + alerts.firing, 0)).toBe(300)
    const storm = incidents.find(({ title }) => title.includes('worker-3'))
    expect(storm?.title).toMatch(/^300 alerts on node worker-3 within 1 minute$/)
    const { body } = await syntra.get(`/v1/investigations/${storm?.investigation.id}`)
    expect(body.scope).toMatchObject({ object: { kind: 'Node', name: 'worker-3' } })
    await expect
      .poll(async () => (await fetch(`${syntra.workerMetricsUrl}/metrics`)).text(), { timeout: 15_000 })
      .toMatch(/^syntra_storms 1$/m)
  } finally {
    await syntra.stop()
  }
}, 90_000)
