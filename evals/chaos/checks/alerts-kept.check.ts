import type { Check } from './check.ts'

export const alertsKept: Check = {
  name: 'alerts-kept',
  promise: 'every alert that was accepted with a 202 is in the database, with its state, and in an incident',
  async run({ system, journal }) {
    const { rows } = await system.database.query(
      `SELECT fingerprint, starts_at AS "startsAt", incident_id AS "incidentId", status FROM alerts`,
    )
    const stored = new Map(
      rows.map(row => [`${row.fingerprint}/${new Date(row.startsAt).toISOString()}`, row]),
    )
    // What was accepted last; a delivery without an answer may have been stored as well.
    const last = Map.groupBy(journal.accepted, ({ fingerprint, startsAt }) => `${fingerprint}/${startsAt}`)
    const resolved = new Set(
      [...last]
        .filter(
          ([key, deliveries]) => deliveries.at(-1)?.status === 'resolved' && !journal.unanswered.has(key),
        )
        .map(([key]) => key),
    )
    const violations = journal.accepted.flatMap(({ fingerprint, startsAt, service }) => {
      const row = stored.get(`${fingerprint}/${startsAt}`)
      const lookAt = `SELECT * FROM alerts WHERE fingerprint = '${fingerprint}'`
      if (row === undefined) return [{ id: fingerprint, message: `the alert of ${service} is lost`, lookAt }]
      // One that was resolved before its first delivery needs no incident.
      if (row.incidentId === null && row.status === 'firing')
        return [{ id: fingerprint, message: `the alert of ${service} is in no incident`, lookAt }]
      if (resolved.has(`${fingerprint}/${startsAt}`) && row.status !== 'resolved')
        return [
          {
            id: fingerprint,
            message: `the alert of ${service} is resolved, but is stored as firing`,
            lookAt,
          },
        ]
      return []
    })
    return { checked: journal.accepted.length, violations }
  },
}
