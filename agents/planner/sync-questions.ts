import type { Question } from '@goalixa/tools/evidence'
import { commitsQuestions, compareQuestion, gateQuestions } from '../snapshot/app-questions.ts'
import { lookBackSeconds } from '../snapshot/changes/look-back.ts'
import { secondsOf } from '../snapshot/clock.ts'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import type { App } from '../snapshot/objects/delivery-app.ts'
import type { Workload } from '../snapshot/objects/workload.ts'

/** A comparison and a list of commits for each of three applications. */
const MAX_QUESTIONS = 6
const COMMIT = /^[0-9a-f]{7,64}$/

/** Round three: what the latest syncs of the suspects brought, and what a rollback of the first of them would have to pass. */
export function syncQuestions(view: SnapshotView, suspects: Workload[]): Question[] {
  const apps = suspects.flatMap(suspect => view.appOfWorkload(suspect.name) ?? [])
  const released = apps.flatMap(app => latestSyncQuestions(view, app)).slice(0, MAX_QUESTIONS)
  return [...released, ...apps.slice(0, 1).flatMap(gateQuestions)]
}

/** The comparison of the two commits that were deployed last, and the commits that touched the application's folder. */
function latestSyncQuestions(view: SnapshotView, app: App): Question[] {
  const { repo, name } = app
  const [latest] = view.snapshot.changes
    .filter(({ kind, subject }) => kind === 'sync' && subject.name === name)
    .filter(({ at }) => (secondsOf(at) ?? 0) > view.since - lookBackSeconds(view.scope))
    .toSorted((a, b) => (secondsOf(b.at) ?? 0) - (secondsOf(a.at) ?? 0))
  if (repo === null || latest === undefined) return []
  const { from, to } = latest
  if (from === null || to === null || !COMMIT.test(from) || !COMMIT.test(to)) return []
  return [compareQuestion(repo, from, to, `what the last sync of ${name} changed`), ...commitsQuestions(app)]
}
