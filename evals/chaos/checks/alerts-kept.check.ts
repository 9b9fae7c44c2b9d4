import type { Check } from './check.ts'

export const alertsKept: Check = {
  name: 'alerts-kept',
  promise: 'every alert that was accepted with a 202 is in the database and in an incident',
  async run({ system, journal }) {
    const { rows } = await system.database.query(
      `SELECT fingerprint, starts_at AS "startsAt", incident_id AS "incidentId", status FROM alerts`,
    )
    const stored = new Map(
      rows.map(row => [`${row.fingerprint}/${new Date(row.startsAt).toISOString()}`, row]),
    )
    const violations = journal.accepted.flatMap(({ fingerprint, startsAt, service }) => {
      const row = stored.get(`${fingerprint}/${startsAt}`)
      const lookAt = `SELECT * FROM alerts WHERE fingerprint = '${fingerprint}'`
      if (row === undefined) return [{ id: fingerprint, message: `the alert of ${service} is lost`, lookAt }]
      // One that was resolved before its first delivery needs no incident.
      if (row.incidentId === null && row.status === 'firing')
        return [{ id: fingerprint, message: `the alert of ${service} is in no incident`, lookAt }]
      return []
    })
    return { checked: journal.accepted.length, violations }
  },
}
