import type { Check, Violation } from './check.ts'

type Row = { id: string; verdict: unknown; report: unknown; answered: string[] | null }

export const reportsCited: Check = {
  name: 'reports-cited',
  promise: 'every completed investigation has a report, and cites only evidence that it has read',
  async run({ system: { database } }) {
    const { rows } = await database.query(
      `SELECT i.id, i.verdict, i.report, array_agg('E' || e.number) FILTER (WHERE e.answer IS NOT NULL) AS answered
       FROM investigations i LEFT JOIN evidence e ON e.investigation_id = i.id
       WHERE i.state = 'done' AND i.evidence_removed_at IS NULL GROUP BY i.id`,
    )
    return { checked: rows.length, violations: (rows as Row[]).flatMap(violationsOf) }
  },
}

function violationsOf({ id, verdict, report, answered }: Row): Violation[] {
  if (report === null || verdict === null)
    return [
      {
        id,
        message: `the investigation is done without a ${report === null ? 'report' : 'verdict'}`,
        lookAt: `SELECT * FROM investigations WHERE id = '${id}'`,
      },
    ]
  const missing = new Set(citationsIn([verdict, report])).difference(new Set(answered))
  return [...missing].map(evidence => ({
    id,
    message: `the report cites ${evidence}, which the investigation has not read`,
    lookAt: `SELECT * FROM evidence WHERE investigation_id = '${id}'`,
  }))
}

/** The ids in every list called `evidence`, at any depth: a list of ids, or of objects with an id. */
function citationsIn(value: unknown, isEvidence = false): string[] {
  if (typeof value === 'string') return isEvidence ? [value] : []
  if (Array.isArray(value)) return value.flatMap(member => citationsIn(member, isEvidence))
  if (typeof value !== 'object' || value === null) return []
  if (isEvidence && 'id' in value && typeof value.id === 'string') return [value.id]
  return Object.entries(value).flatMap(([key, member]) => citationsIn(member, key === 'evidence'))
}
