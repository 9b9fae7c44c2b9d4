import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { severityLevel } from '../incidents/severity-level.ts'
import { type AlertStore, startAlertStore, THRESHOLD } from '../testing/start-alert-store.ts'

let store: AlertStore
beforeAll(async () => {
  store = await startAlertStore()
})
afterAll(() => store.stop())

test('whatever arrives in whatever order: each alert is in one incident, a storm makes few, and nothing else is swallowed', async () => {
  const severity = fc.constantFrom('critical', 'warning', 'info')
  const ofStorm = fc.record({ service: fc.integer({ min: 0, max: 25 }).map(index => `s-${index}`), severity })
  const other = fc.record({
    namespace: fc.constantFrom('a', 'b', 'c', 'd'),
    service: fc.constant('web'),
    severity,
  })
  const stream = fc
    .tuple(
      fc.array(
        ofStorm.map(labels => ({ namespace: 'shop', ...labels })),
        { minLength: 30, maxLength: 60 },
      ),
      fc.array(other, { maxLength: 6 }),
    )
    .chain(([storm, others]) =>
      fc.shuffledSubarray([...storm, ...others], { minLength: storm.length + others.length }),
    )
  await fc.assert(
    fc.asyncProperty(stream, fc.integer({ min: 1, max: 20 }), async (labels, batch) => {
      await store.clear()
      const named = labels.map((given, index) => ({ ...given, alertname: `Alert${index}` }))
      await store.deliver(named, { batch })
      const { rows } = await store.pool.query(
        'SELECT count(*)::int AS alerts, count(incident_id)::int AS placed FROM alerts',
      )
      expect(rows[0]).toEqual({ alerts: named.length, placed: named.length })
      const incidents = await store.readIncidents()
      expect(incidents.flatMap(({ alerts }) => alerts)).toHaveLength(named.length)
      const ofShop = incidents.filter(({ alerts }) => alerts.every(({ namespace }) => namespace === 'shop'))
      // A threshold's worth and one storm for each of three levels of severity.
      expect(ofShop.length).toBeLessThanOrEqual(3 * (THRESHOLD + 1))
      for (const { label, severity, alerts, investigations } of incidents) {
        expect(investigations).toBe(1)
        expect(new Set(alerts.map(({ namespace }) => namespace)).size).toBe(1)
        if (label === null) continue
        expect(alerts[0]?.namespace).toBe('shop')
        for (const alert of alerts)
          expect(severityLevel(alert.severity ?? '')).toBeGreaterThanOrEqual(severityLevel(severity))
      }
    }),
    { numRuns: 25 },
  )
}, 120_000)
