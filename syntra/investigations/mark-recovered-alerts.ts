import { Predicate } from '@goalixa/agents/devops/proposal'
import type { Client } from '@goalixa/chassis/postgres'
import { z } from 'zod'

/**
 * After an action whose recovery was verified: alerts that joined meanwhile, and that the verification itself saw not firing
 * any more, count as seen by this investigation, although Alertmanager has not told yet that they are resolved.
 * The caller holds the lock of alerts.
 */
export async function markRecoveredAlerts(client: Client, investigationId: string): Promise<void> {
  const { rows } = await client.query(
    `SELECT a.id, a.labels, x.proposal->'verification'->'recovered' AS recovered
     FROM actions x JOIN alerts a ON a.incident_id = x.incident_id
     WHERE x.investigation_id = $1 AND x.state = 'succeeded' AND x.verification->>'result' = 'recovered'
       AND a.seen_by IS NULL AND a.status = 'firing'
       AND a.received_at <= (x.verification->>'lastAt')::timestamptz`,
    [investigationId],
  )
  const recovered = z.array(Predicate).parse(rows[0]?.recovered ?? [])
  const quiet = recovered.flatMap(matchersOfQuiet)
  const seen = rows.filter(row =>
    quiet.some(matchers => matchers.every(([key, value]) => row.labels[key] === value)),
  )
  await client.query('UPDATE alerts SET seen_by = $1 WHERE id = ANY($2)', [
    investigationId,
    seen.map(row => row.id),
  ])
}

/** The labels of the alerts that a predicate such as `ALERTS{alertname="A",alertstate="firing"}` == 0 says are quiet. */
function matchersOfQuiet({ tool, args, path, op, value }: Predicate): [string, string][][] {
  const inside = /^ALERTS\{((?:\w+="(?:[^"\\]|\\.)*",?)+)\}$/.exec(String(args.query))?.[1]
  if (tool !== 'prometheus_query' || path !== 'samples.count' || op !== '==' || value !== 0 || !inside)
    return []
  const matchers = [...inside.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(
    ([, key = '', text = '']): [string, string] => [key, unescaped(text)],
  )
  const isFiring = matchers.some(([key, text]) => key === 'alertstate' && text === 'firing')
  const labels = matchers.filter(([key]) => key !== 'alertstate')
  return isFiring && labels.some(([key]) => key === 'alertname') ? [labels] : []
}

// PromQL's escapes, as `quoteLabelValue` writes them, are JSON's.
function unescaped(text: string): string {
  return String(JSON.parse(`"${text}"`))
}
