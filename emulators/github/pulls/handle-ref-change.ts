import { isAncestor } from '../git/merge-commits.ts'
import { writeRef } from '../git/read-refs.ts'
import type { Change } from '../github-context.ts'
import { takeId } from '../store/repository-state.ts'
import { pushPayload } from '../webhooks/push-payload.ts'
import { closePull, markMerged } from './close-pull.ts'
import { emitPull } from './emit-pull.ts'
import type { RefChange } from './ref-change.ts'

const MAX_ACTIVITIES = 1_000

/** Handles a moved ref: records who moved it, emits a push event, updates the head of pull requests from it, and detects merges into it. */
export async function handleRefChange(change: Change, moved: RefChange): Promise<void> {
  if (moved.before === moved.after) return
  change.draft.pushedAt = change.now.toISOString()
  change.emit({ event: 'push', action: null, payload: await pushPayload(change, moved) })
  if (!moved.ref.startsWith('refs/heads/')) return
  await record(change, moved)
  const branch = moved.ref.slice('refs/heads/'.length)
  await followHead(change, branch, moved.after)
  if (moved.after !== null) await followBase(change, branch, moved.after)
}

async function record({ draft, directory, login, now }: Change, { ref, before, after }: RefChange) {
  const isForced = before !== null && after !== null && !(await isAncestor(directory, before, after))
  const activity = { id: takeId(draft), ref, before, after, isForced, actor: login, at: now.toISOString() }
  draft.activities = [...draft.activities, activity].slice(-MAX_ACTIVITIES)
}

async function followHead(change: Change, branch: string, after: string | null): Promise<void> {
  for (const pull of openPulls(change).filter(({ headRef }) => headRef === branch)) {
    if (after === null) {
      await closePull(change, pull)
      continue
    }
    pull.headSha = after
    pull.updatedAt = change.now.toISOString()
    await writeRef(change.directory, `refs/pull/${pull.number}/head`, after)
    dismissStaleReviews(change, pull.number, pull.baseRef)
    await emitPull(change, pull, 'synchronize')
  }
}

async function followBase(change: Change, branch: string, after: string): Promise<void> {
  for (const pull of openPulls(change).filter(({ baseRef }) => baseRef === branch)) {
    pull.baseSha = after
    if (await isAncestor(change.directory, pull.headSha, after)) await markMerged(change, pull, after)
  }
}

function dismissStaleReviews({ draft }: Change, number: number, baseRef: string): void {
  if (!draft.protections[baseRef]?.dismissStaleReviews) return
  for (const review of draft.reviews) {
    if (review.pull === number && review.state === 'APPROVED') review.state = 'DISMISSED'
  }
}

function openPulls({ draft }: Change) {
  return draft.pulls.filter(({ state }) => state === 'open')
}
