import { listChangedFiles } from '../git/list-changed-files.ts'
import { type Commit, listCommits } from '../git/list-commits.ts'
import { isAncestor } from '../git/merge-commits.ts'
import { resolveCommit } from '../git/read-refs.ts'
import { loginOf } from '../git/write-commit.ts'
import type { Change } from '../github-context.ts'
import type { RefChange } from '../pulls/ref-change.ts'
import { renderRepository } from '../render/render-repository.ts'
import { renderUser } from '../render/render-user.ts'

const NO_COMMIT = '0'.repeat(40)
// GitHub sends up to 2048; receivers here read only the last ones, and each costs a diff.
const MAX_COMMITS = 50

/** Builds the payload of a push event. */
export async function pushPayload(change: Change, { ref, before, after }: RefChange) {
  const { directory, draft, login, baseUrl } = change
  const commits = after === null ? [] : await newCommits(change, before, after)
  const rendered = await Promise.all(commits.map(commit => renderPushed(directory, commit)))
  return {
    ref,
    before: before ?? NO_COMMIT,
    after: after ?? NO_COMMIT,
    created: before === null,
    deleted: after === null,
    forced: before !== null && after !== null && !(await isAncestor(directory, before, after)),
    base_ref: null,
    compare: `${baseUrl}/${draft.owner}/${draft.name}/compare/${before ?? NO_COMMIT}...${after ?? NO_COMMIT}`,
    commits: rendered,
    head_commit: rendered.at(-1) ?? null,
    repository: pushedRepository(draft, baseUrl),
    pusher: { name: login, email: `${login}@users.noreply.github.com` },
    sender: renderUser(login, baseUrl),
  }
}

/** In this event alone, two times of the repository are Unix seconds; receivers in typed languages refuse anything else. */
function pushedRepository(draft: Change['draft'], baseUrl: string) {
  const repository = renderRepository(draft, baseUrl)
  return {
    ...repository,
    created_at: unixSeconds(repository.created_at),
    pushed_at: unixSeconds(repository.pushed_at),
  }
}

function unixSeconds(time: string): number {
  return Math.floor(Date.parse(time) / 1000)
}

async function newCommits(
  { directory, draft }: Change,
  before: string | null,
  after: string,
): Promise<Commit[]> {
  const tip = await resolveCommit(directory, after)
  if (tip === null) return []
  const known = before ?? (await resolveCommit(directory, `heads/${draft.defaultBranch}`))
  const range = known === null || known === tip ? tip : `${known}..${tip}`
  const limit = known === tip ? 1 : MAX_COMMITS
  return (await listCommits(directory, range, { limit })).reverse()
}

async function renderPushed(directory: string, commit: Commit) {
  const files = await listChangedFiles(directory, commit.parents[0] ?? null, commit.sha)
  const named = (statuses: string[]) =>
    files.filter(({ status }) => statuses.includes(status)).map(({ path }) => path)
  const person = ({ name, email }: Commit['author']) => ({
    name,
    email,
    username: loginOf(email) ?? undefined,
  })
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    author: person(commit.author),
    committer: person(commit.committer),
    added: named(['added', 'copied', 'renamed']),
    removed: [...named(['removed']), ...files.flatMap(({ previousPath }) => previousPath ?? [])],
    modified: named(['modified', 'changed']),
  }
}
