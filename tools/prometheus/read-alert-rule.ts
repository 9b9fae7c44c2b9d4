import { ExpectedError } from '@goalixa/chassis/errors'
import { isRecord } from '@goalixa/chassis/is-record'
import { z } from 'zod'
import { parseInSlices } from '../http/parse-in-slices.ts'
import { defineTool } from '../tool.ts'
import type { PrometheusClient } from './prometheus-client.ts'

const Labels = z.record(z.string(), z.string())

/** A rule that is later than this many intervals counts as not evaluated. */
const LATE_INTERVALS = 4

/**
 * The result of `prometheus_read_alert_rule`. `holding` counts the alerts whose condition holds, pending or firing; one that
 * only `keep_firing_for` keeps alive is not counted. It is absent while a silence would prove nothing: no rule of that
 * name, one that fails or is not evaluated in time, or a Prometheus that runs for less than `for` and `settleSeconds`.
 */
export const ReadAlertRule = z.object({
  holding: z.number().optional(),
  unproven: z.string().nullable(),
  rules: z.array(
    z.object({
      group: z.string(),
      query: z.string(),
      forSeconds: z.number(),
      health: z.string(),
      lastError: z.string(),
      evaluatedAt: z.string(),
      lateSeconds: z.number(),
    }),
  ),
  alerts: z.array(
    z.object({
      labels: Labels,
      state: z.string(),
      activeAt: z.string().nullable(),
      keepFiringSince: z.string().nullable(),
    }),
  ),
})
export type ReadAlertRule = z.infer<typeof ReadAlertRule>

const Alert = z.looseObject({
  labels: Labels,
  state: z.string(),
  activeAt: z.string().nullish(),
  keepFiringSince: z.string().nullish(),
})
const Rule = z.looseObject({
  type: z.literal('alerting'),
  name: z.string(),
  query: z.string(),
  duration: z.number().default(0),
  labels: Labels.default({}),
  alerts: z.array(Alert).default([]),
  health: z.string(),
  lastError: z.string().default(''),
  lastEvaluation: z.string(),
})
type Rule = z.infer<typeof Rule>
const Groups = z.looseObject({
  groups: z.array(
    z.looseObject({ name: z.string(), interval: z.number().default(60), rules: z.array(z.unknown()) }),
  ),
})
const Now = z.looseObject({ result: z.tuple([z.number(), z.string()]) })
const Runtime = z.looseObject({ startTime: z.string() })

export const readAlertRule = defineTool({
  name: 'prometheus_read_alert_rule',
  description:
    'Reads whether the condition of an alerting rule holds, and whether its absence proves anything.',
  effect: 'read',
  input: z.strictObject({
    alertname: z.string().min(1, 'expected the name of an alert').max(1_000),
    /** Labels that an alert must not contradict; one that it does not have may have been added on its way. */
    labels: Labels.default({}),
    /** Labels that must begin like this, for example `pod` with the name of its workload. */
    prefixes: Labels.default({}),
    settleSeconds: z.number().min(0).default(0),
  }),
  async run({ alertname, labels, prefixes, settleSeconds }, { prometheus }, signal): Promise<ReadAlertRule> {
    const [{ groups }, now, startedAt] = await Promise.all([
      prometheus.read('rules', Groups, signal, { type: 'alert', 'rule_name[]': alertname }),
      prometheus.read('query', Now, signal, { query: 'time()' }).then(({ result }) => result[0]),
      startTimeOf(prometheus, signal),
    ])
    // An older Prometheus ignores the filter and returns every rule.
    const raw = groups.flatMap(group => group.rules.map(rule => ({ group, rule })))
    const named: (Rule & { group: (typeof groups)[number] })[] = []
    for (const { group, rule } of raw.filter(({ rule }) => isNamed(rule, alertname))) {
      const parsed = await parseInSlices('Prometheus', Rule, rule, signal)
      if (isOfRule(parsed.labels, labels)) named.push({ ...parsed, group })
    }
    const rules = named.map(({ group, query, duration, health, lastError, lastEvaluation }) => ({
      group: group.name,
      query,
      forSeconds: duration,
      health,
      lastError,
      evaluatedAt: lastEvaluation,
      lateSeconds: Math.max(0, now - Date.parse(lastEvaluation) / 1000 - LATE_INTERVALS * group.interval),
    }))
    const alerts = named
      .flatMap(rule => rule.alerts)
      .filter(alert => matchesAlert(alert.labels, labels, prefixes))
      .map(alert => ({
        labels: alert.labels,
        state: alert.state,
        activeAt: alert.activeAt ?? null,
        keepFiringSince: alert.keepFiringSince ?? null,
      }))
    const holding = alerts.filter(alert => alert.keepFiringSince === null).length
    const notEvaluated = evaluationProblem(rules)
    // A condition that holds is seen at once; its absence proves something only after a while.
    const tooYoung =
      holding > 0 || startedAt === null ? null : uptimeProblem(rules, now - startedAt, settleSeconds)
    const unproven = notEvaluated ?? tooYoung
    return { ...(unproven === null ? { holding } : {}), unproven, rules, alerts }
  },
})

/** Unix seconds; null where no single process evaluates the rules, so that its age means nothing. */
async function startTimeOf(prometheus: PrometheusClient, signal: AbortSignal): Promise<number | null> {
  try {
    const { startTime } = await prometheus.read('status/runtimeinfo', Runtime, signal)
    return Date.parse(startTime) / 1000
  } catch (error) {
    // A Prometheus-compatible API (Thanos, Mimir) answers 404 or 400 here.
    if (error instanceof ExpectedError && (error.kind === 'missing' || error.kind === 'invalid')) return null
    throw error
  }
}

function evaluationProblem(rules: ReadAlertRule['rules']): string | null {
  if (rules.length === 0) return 'Prometheus has no rule of this name'
  const faulty = rules.find(rule => rule.health !== 'ok')
  if (faulty !== undefined) return `the rule is not evaluated: ${faulty.lastError || faulty.health}`
  return rules.some(rule => rule.lateSeconds > 0) ? 'the rule was not evaluated recently' : null
}

function uptimeProblem(
  rules: ReadAlertRule['rules'],
  uptimeSeconds: number,
  settleSeconds: number,
): string | null {
  const needed = Math.max(0, ...rules.map(rule => rule.forSeconds)) + settleSeconds
  return uptimeSeconds >= needed
    ? null
    : `Prometheus has been running for ${Math.round(uptimeSeconds)} of the ${Math.round(needed)} seconds needed`
}

function isNamed(rule: unknown, alertname: string): boolean {
  return isRecord(rule) && rule.type === 'alerting' && rule.name === alertname
}

/** Rules of one name may differ in a fixed label such as `severity`; a template cannot be compared. */
function isOfRule(fixed: Record<string, string>, labels: Record<string, string>): boolean {
  return Object.entries(fixed).every(
    ([key, value]) => labels[key] === undefined || labels[key] === value || value.includes('{{'),
  )
}

function matchesAlert(
  own: Record<string, string>,
  labels: Record<string, string>,
  prefixes: Record<string, string>,
): boolean {
  const contradicts = Object.entries(labels).some(
    ([key, value]) => own[key] !== undefined && own[key] !== value,
  )
  return (
    !contradicts &&
    Object.entries(prefixes).every(([key, value]) => own[key] === undefined || own[key].startsWith(value))
  )
}
