import type { Evidence, Question } from '@goalixa/tools/evidence'
import { type Choice, chooseProposal } from '../../devops/choose-proposal.ts'
import { snapshotOf } from '../../evidence/snapshot-of.ts'
import { planQuestions } from '../../planner/plan-questions.ts'
import { analyse } from '../analyse.ts'
import type { About, Snapshot } from '../snapshot.ts'
import type { Verdict } from '../verdict.ts'
import { textAt } from '../view/fields.ts'
import { iso, NAMESPACE } from './kube.ts'
import { NOW, type World } from './world.ts'

export type Investigated = { verdict: Verdict; choice: Choice; snapshot: Snapshot; evidence: Evidence[] }

/** Investigates a sample cluster as the graph does: three rounds of questions, then what the proposal still needs. */
export function investigate(world: World, more: Partial<About> = {}): Investigated {
  const starts = world.about.map(alert => alert.startsAt).toSorted()
  const about: About = {
    alerts: world.about,
    namespace: NAMESPACE,
    service: world.about[0]?.labels.service ?? null,
    object: null,
    since: starts[0] ?? iso(NOW),
    timeScale: 30,
    ...more,
  }
  const evidence: Evidence[] = []
  const ask = (questions: Question[]) => {
    for (const question of questions) evidence.push(answer(world, question, evidence.length + 1))
  }
  for (const round of [1, 2, 3])
    ask(planQuestions({ about, snapshot: snapshotOf(about, evidence), round, now: iso(NOW) }))
  for (let tries = 0; ; tries++) {
    const snapshot = snapshotOf(about, evidence)
    const verdict = analyse(snapshot)
    const choice = chooseProposal({ snapshot, verdict })
    if (choice.missing.length === 0) return { verdict, choice, snapshot, evidence }
    if (tries > 5) throw new Error(`It keeps asking: ${choice.missing.map(one => one.id).join(', ')}`)
    ask(choice.missing)
  }
}

function answer(world: World, question: Question, number: number): Evidence {
  const isUnreadable = world.unreadable.some(one => question.id.startsWith(one))
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
  const name = textAt(args, 'name') ?? ''
  switch (tool) {
    case 'kubernetes_list_objects': {
      const kinds = args.kinds as string[]
      return { objects: world.objects.filter(one => kinds.includes(one.kind)), refused: [] }
    }
    case 'kubernetes_list_events':
      return { events: world.events }
    case 'kubernetes_read_logs':
      return { lines: (world.logs[id] ?? []).map(text => ({ at: iso(NOW - 5), text })) }
    case 'prometheus_list_alerts':
      return {
        alerts: world.firing.map(one => ({
          labels: one.labels,
          annotations: one.annotations,
          state: 'firing',
          activeAt: one.startsAt,
          value: 1,
        })),
      }
    case 'prometheus_query_range':
      return { series: rangeOf(world, id.replace('series/', ''), args) }
    case 'argocd_list_apps':
      return { apps: Object.keys(world.history).map(one => appOf(world, one)) }
    case 'argocd_list_history':
      return {
        history: (world.history[name] ?? []).map(one => ({
          id: one.id,
          revision: one.revision,
          deployedAt: iso(one.at),
          deployStartedAt: iso(one.at),
          initiatedBy: 'automated',
        })),
      }
    case 'argocd_diff_app':
      return { differences: world.diffs[name] ?? [] }
    case 'argocd_read_sync_windows':
      return { canSync: world.canSync, active: [], assigned: [] }
    case 'github_read_branch_rules':
      return world.rules
    case 'github_compare_commits':
      return compare(world, String(args.base), String(args.head))
    case 'github_list_commits':
      return { commits: world.commits.filter(one => `apps/${one.app}` === args.path).toReversed() }
    case 'github_get_commit':
      return world.commits.find(one => one.sha === args.sha) ?? {}
    default:
      throw new Error(`The sample cluster has no answer for ${tool}`)
  }
}

function rangeOf(world: World, name: string, args: Question['args']): unknown[] {
  const [start, end] = [Date.parse(String(args.start)) / 1000, Date.parse(String(args.end)) / 1000]
  return world.series
    .filter(one => one.name === name)
    .map(({ labels, curve }) => {
      const points: [number, number][] = []
      for (let time = start; time <= end; time += Number(args.stepSeconds)) {
        const value = curve(time)
        if (value !== null) points.push([time, value])
      }
      return { labels, points }
    })
}

function appOf(world: World, name: string): Record<string, unknown> {
  return {
    name,
    project: 'shop',
    namespace: NAMESPACE,
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
  const from = world.commits.findIndex(one => one.sha === base)
  const to = world.commits.findIndex(one => one.sha === head)
  const commits = world.commits.slice(from + 1, to + 1)
  return { commits, files: commits.flatMap(one => one.files) }
}
