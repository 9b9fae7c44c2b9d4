import type { Question } from '@goalixa/tools/evidence'
import type { Finding } from '../incident/finding.ts'
import { lookBackSeconds } from '../snapshot/changes/look-back.ts'
import { secondsOf } from '../snapshot/clock.ts'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import type { App } from '../snapshot/objects/delivery-app.ts'
import { questionId } from '../snapshot/question-id.ts'
import { suspectsOf } from './suspects.ts'

const MOST_COMPARES = 3
const SHA = /^[0-9a-f]{7,64}$/

/** Round three: what the suspicious syncs brought, by Git, and what Git allows. */
export function releaseQuestions(view: SnapshotView, findings: Finding[]): Question[] {
  const apps = suspectsOf(view, findings).flatMap(suspect => view.appOfWorkload(suspect.name) ?? [])
  const compares = apps.flatMap(app => compareQuestions(view, app)).slice(0, MOST_COMPARES * 2)
  const [first] = apps
  return [...compares, ...(first === undefined ? [] : gateQuestions(first))]
}

/** What must be known before a rollback of this application may be proposed. */
export function gateQuestions(app: App): Question[] {
  const windows: Question = {
    id: questionId.syncWindows(app.name),
    tool: 'delivery_read_sync_windows',
    args: { name: app.name },
    why: `whether ${app.name} may be synced now`,
  }
  if (app.repo === null || app.branch === null) return [windows]
  return [
    windows,
    {
      id: questionId.branchRules(app.repo, app.branch),
      tool: 'forge_read_branch_rules',
      args: { repo: app.repo, branch: app.branch },
      why: 'how fast a revert can be merged',
    },
  ]
}

/** The comparison of the two latest deployed revisions of an application, and the commits that touched its folder. */
export function compareQuestions(view: SnapshotView, app: App): Question[] {
  const { repo } = app
  if (repo === null) return []
  const recent = view.snapshot.changes
    .filter(change => change.kind === 'sync' && change.subject.name === app.name)
    .filter(change => (secondsOf(change.at) ?? 0) > view.since - lookBackSeconds(view.scope))
    .toSorted((a, b) => (secondsOf(b.at) ?? 0) - (secondsOf(a.at) ?? 0))
  return recent.slice(0, 1).flatMap(sync => {
    const { from, to } = sync
    if (from === null || to === null || !SHA.test(from) || !SHA.test(to)) return []
    const compare: Question = {
      id: questionId.compare(repo, from, to),
      tool: 'forge_compare_commits',
      args: { repo, base: from, head: to },
      why: `what changed in ${app.name} with the last sync`,
    }
    if (app.path === null || app.branch === null) return [compare]
    const commits: Question = {
      id: questionId.commits(app.name),
      tool: 'forge_list_commits',
      args: { repo, branch: app.branch, path: app.path },
      why: `which commits touched ${app.path}`,
    }
    return [compare, commits]
  })
}
