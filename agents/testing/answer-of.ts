import type { Evidence, Question } from '@goalixa/tools/evidence'
import { GOALIXA } from '../signals/metric-profiles.ts'
import type { SignalName } from '../signals/signals.ts'
import { stringAt } from '../snapshot/objects/json-path.ts'
import { parseQuestionId } from '../snapshot/question-id.ts'
import { iso, NAMESPACE } from './kube.ts'
import { NOW, type World } from './sample-cluster.ts'

/** The answer of a sample cluster to a question. Throws for a tool that it does not know. */
export function answerOf(world: World, question: Question, number: number): Evidence {
  const kind = parseQuestionId(question.id)?.kind
  const isUnreadable = world.unreadable.some(unreadable => unreadable === question.id || unreadable === kind)
  return {
    id: `E${number}`,
    question,
    at: iso(NOW),
    tookMs: 5,
    outcome: isUnreadable ? 'unread' : 'read',
    result: isUnreadable
      ? null
      : (JSON.parse(JSON.stringify(resultOf(world, question))) as Evidence['result']),
    digest: '',
    cut: [],
    reason: isUnreadable ? { code: 'FORBIDDEN', message: 'not allowed' } : null,
  }
}

function resultOf(world: World, { id, tool, args }: Question): unknown {
  const name = stringAt(args, 'name') ?? ''
  switch (tool) {
    case 'kubernetes_list_objects': {
      const kinds = args.kinds as string[]
      return { objects: world.objects.filter(object => kinds.includes(object.kind)), refused: [] }
    }
    case 'kubernetes_list_events':
      return { events: world.events }
    case 'kubernetes_read_logs':
      return { lines: (world.logs[id] ?? []).map(text => ({ at: iso(NOW - 5), text })) }
    case 'prometheus_list_alerts':
      return {
        alerts: world.firing.map(alert => ({
          labels: alert.labels,
          annotations: alert.annotations,
          state: 'firing',
          activeAt: alert.startsAt,
          value: 1,
        })),
      }
    case 'prometheus_read_alert_rule':
      return ruleOf(world, String(args.alertname))
    case 'prometheus_query_range':
      return { series: seriesOf(world, id, args) }
    case 'prometheus_query':
      return { samples: [{ labels: { profile: world.profile }, at: iso(NOW), value: 1 }] }
    case 'delivery_list_apps':
      return { apps: Object.keys(world.history).map(key => appOf(world, key)) }
    case 'delivery_list_history':
      return {
        history: (world.history[name] ?? []).map(deployment => ({
          id: deployment.id,
          revision: deployment.revision,
          content: deployment.content ?? deployment.revision,
          deployedAt: iso(deployment.at),
          deployStartedAt: iso(deployment.at),
          initiatedBy: 'automated',
        })),
      }
    case 'delivery_diff_app':
      return { revision: world.commits.at(-1)?.sha ?? null, differences: world.diffs[name] ?? [] }
    case 'delivery_read_sync_windows':
      return { canSync: world.canSync, active: [], assigned: [] }
    case 'kubernetes_can_i':
      return { allowed: world.mayPatch }
    case 'forge_read_branch_rules':
      return world.rules
    case 'forge_compare_commits':
      return compare(world, String(args.base), String(args.head))
    case 'forge_list_commits':
      return { commits: world.commits.filter(commit => `apps/${commit.app}` === args.path).toReversed() }
    case 'forge_get_commit':
      return world.commits.find(commit => commit.sha === args.sha) ?? {}
    default:
      throw new Error(`The sample cluster has no answer for tool ${tool}; add one to answer-of.ts.`)
  }
}

/** Signals that exist only by the metric names of the cluster's own profile. */
const PROFILE_SIGNALS: SignalName[] = [
  'request-rate',
  'error-ratio',
  'latency-p95',
  'latency-mean',
  'error-ratio-by-method',
]

function seriesOf(world: World, id: string, args: Question['args']): unknown[] {
  const parsed = parseQuestionId(id)
  if (parsed?.kind !== 'series') return []
  const { signal: name, profile: asked } = parsed
  const profile = asked ?? GOALIXA.name
  if (PROFILE_SIGNALS.includes(name) && profile !== world.profile) return []
  // Besides Goalixa's own, only the OpenTelemetry profile has metrics of calls.
  const caller = world.profile.startsWith('opentelemetry') ? world.profile : 'goalixa'
  return name.startsWith('upstream-') && profile !== caller ? [] : rangeOf(world, name, args)
}

function rangeOf(world: World, name: string, args: Question['args']): unknown[] {
  const [start, end] = [Date.parse(String(args.start)) / 1000, Date.parse(String(args.end)) / 1000]
  return world.series
    .filter(series => series.name === name)
    .map(({ labels, curve }) => {
      const points: [number, number][] = []
      for (let time = start; time <= end; time += Number(args.stepSeconds)) {
        const value = curve(time)
        if (value !== null) points.push([time, value])
      }
      return { labels, points }
    })
}

function ruleOf(world: World, alert: string): unknown {
  const unproven = 'Prometheus has no rule of this name'
  return world.foreignAlerts.includes(alert)
    ? { unproven, rules: [], alerts: [] }
    : { holding: 0, unproven: null, rules: [{ group: 'shop', health: 'ok' }], alerts: [] }
}

function appOf(world: World, name: string): Record<string, unknown> {
  return {
    name,
    project: 'shop',
    namespace: NAMESPACE,
    cluster: 'in-cluster',
    repoUrl: 'https://git.example/shop/deploy.git',
    path: `apps/${name}`,
    targetRevision: 'main',
    syncStatus: 'Synced',
    revision: world.commits.at(-1)?.sha ?? null,
    health: 'Healthy',
    automated: { prune: true, selfHeal: false },
    operation: { phase: 'Succeeded', message: '', startedAt: null, finishedAt: null, revision: null },
    resources: [
      { kind: 'Deployment', namespace: NAMESPACE, name, status: 'Synced', health: 'Healthy' },
      { kind: 'Service', namespace: NAMESPACE, name, status: 'Synced', health: null },
    ],
    parent: null,
    images: [],
    hasHooks: false,
    ...world.apps[name],
  }
}

function compare(world: World, base: string, head: string): unknown {
  const from = world.commits.findIndex(commit => commit.sha === base)
  const to = world.commits.findIndex(commit => commit.sha === head)
  const commits = world.commits.slice(from + 1, to + 1)
  return { commits, files: commits.flatMap(commit => commit.files) }
}
