import { WORKING_STATES } from '@goalixa/agents/devops/action-state'
import { type Client, inTransaction, type Pool } from '@goalixa/chassis/postgres'
import { lockAlerts } from '../alerts/lock-alerts.ts'
import { severityLevelSql } from '../incidents/severity-level.ts'
import { HAS_NEWS } from '../investigations/alert-news.ts'
import { startInvestigations } from '../investigations/start-investigations.ts'

const NEWS_BESIDE_DECISION =
  'Another investigation is queued: an alert adds something new while a proposal waits for a decision. The proposal stays valid.'

type Due = { id: string; awaitsDecision: boolean }

/**
 * Starts another investigation for each open incident with a firing alert that no investigation has seen: it joined while
 * one was under way, and that one ended `quietSeconds` ago. After a proposal that was refused, no action may be in progress on its
 * target. Where the incident's only open investigations wait for a decision, one
 * starts beside them if an alert tells something new and the last one began `quietSeconds` ago. This is bounded, because each
 * investigation sees more alerts of its incident. Returns the number of incidents.
 */
export async function reinvestigate(pool: Pool, quietSeconds: number, now: Date): Promise<number> {
  const before = new Date(now.getTime() - quietSeconds * 1000)
  // Without the lock, for which deliveries wait, because there is rarely anything to do.
  if ((await findDue(pool, before)).length === 0) return 0
  return inTransaction(pool, async client => {
    await lockAlerts(client)
    const due = await findDue(client, before)
    const idsOf = (incidents: Due[]) => incidents.map(({ id }) => id)
    await startInvestigations(client, idsOf(due.filter(({ awaitsDecision }) => !awaitsDecision)), now)
    await startInvestigations(
      client,
      idsOf(due.filter(({ awaitsDecision }) => awaitsDecision)),
      now,
      NEWS_BESIDE_DECISION,
    )
    return due.length
  })
}

async function findDue(client: Pool | Client, before: Date): Promise<Due[]> {
  const { rows } = await client.query<Due>(
    `SELECT n.id, others.await AS "awaitsDecision" FROM incidents n
     JOIN LATERAL (SELECT id, started_at, finished_at FROM investigations
                   WHERE incident_id = n.id ORDER BY created_at DESC LIMIT 1) last ON true
     JOIN LATERAL (SELECT count(*) > 0 AS await,
                          coalesce(bool_or(i.state <> 'waiting' OR a.state IS DISTINCT FROM 'awaiting-approval'), false) AS advance
                   FROM investigations i LEFT JOIN actions a ON a.investigation_id = i.id
                   WHERE i.incident_id = n.id AND i.state IN ('queued', 'running', 'waiting')) others ON true
     WHERE n.state = 'open' AND NOT others.advance
       -- One that failed before it saw any alert would fail again, and people were notified.
       AND last.started_at IS NOT NULL
       AND EXISTS (SELECT FROM alerts a WHERE a.incident_id = n.id AND a.status = 'firing' AND a.seen_by IS NULL)
       -- Its proposal would be refused again.
       AND NOT EXISTS (SELECT FROM actions refused JOIN actions working ON working.target = refused.target
                       WHERE refused.investigation_id = last.id AND refused.state = 'refused' AND working.state = ANY($2))
       AND CASE WHEN others.await THEN last.started_at < $1 AND ${HAS_NEWS} ELSE last.finished_at < $1 END
     ORDER BY ${severityLevelSql('n.severity')}, n.id LIMIT 100`,
    [before, WORKING_STATES],
  )
  return rows
}
