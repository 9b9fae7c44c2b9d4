import type { Question } from '../evidence.ts'
import { interpolate, placeholdersIn } from './interpolate.ts'
import type { Runbook } from './runbook.ts'

type Alert = { labels: Record<string, string>; annotations: Record<string, string>; startsAt: string }

/** The questions of a runbook for one alert; `missing` lists the params that the alert lacks or whose value is malformed. */
export function bindRunbook(runbook: Runbook, alert: Alert) {
  const params: Record<string, string> = {}
  const missing: string[] = []
  for (const [name, { from, pattern }] of Object.entries(runbook.params)) {
    const value = valueAt(alert, from)
    const isRight =
      value !== undefined && (pattern === undefined || new RegExp(`^(?:${pattern})$`).test(value))
    if (isRight) params[name] = value
    else missing.push(name)
  }
  const questions = runbook.evidence
    .filter(row => placeholdersIn(row.args).every(name => name in params))
    .map(
      (row): Question => ({
        id: `runbook/${runbook.id}/${row.id}`,
        tool: row.tool,
        args: interpolate(row.args, params),
        why: row.why,
      }),
    )
  return { questions, params, missing }
}

function valueAt(alert: Alert, from: string): string | undefined {
  const [, field, name = ''] = from.split('.')
  if (field === 'startsAt') return alert.startsAt
  const texts = field === 'labels' ? alert.labels : alert.annotations
  return Object.hasOwn(texts, name) ? texts[name] : undefined
}
