import { listCommits, type Person } from '../git/list-commits.ts'
import { cherryPick, mergeCommits } from '../git/merge-commits.ts'
import { personOf, writeCommit } from '../git/write-commit.ts'
import type { Change } from '../github-context.ts'
import { GithubError } from '../http/github-error.ts'
import type { Pull } from '../store/repository-state.ts'

type Method = {
  method: 'merge' | 'squash' | 'rebase'
  title: string | undefined
  message: string | undefined
}

const GITHUB = { name: 'GitHub', email: 'noreply@github.com' }

/** Creates the commits of a merge on top of `base` and returns the new tip; moves no ref. Throws 405 on conflicts. */
export function mergePull(
  change: Change,
  pull: Pull,
  base: string,
  { method, title, message }: Method,
): Promise<string> {
  if (method === 'rebase') return rebase(change, pull, base)
  return method === 'squash'
    ? squash(change, pull, base, title, message)
    : merge(change, pull, base, title, message)
}

async function merge(
  change: Change,
  pull: Pull,
  base: string,
  title?: string,
  message?: string,
): Promise<string> {
  const { directory, draft } = change
  const head = title ?? `Merge pull request #${pull.number} from ${draft.owner}/${pull.headRef}`
  return writeCommit(directory, {
    tree: await mergedTree(change, pull, base),
    parents: [base, pull.headSha],
    message: joined(head, message ?? pull.title),
    ...signers(change),
  })
}

async function squash(
  change: Change,
  pull: Pull,
  base: string,
  title?: string,
  message?: string,
): Promise<string> {
  const { directory } = change
  const commits = (await listCommits(directory, `${base}..${pull.headSha}`)).reverse()
  const [only] = commits
  const isSingle = commits.length === 1 && only !== undefined
  const subject = isSingle ? (only.message.split('\n')[0] ?? pull.title) : pull.title
  const body = isSingle
    ? only.message.split('\n').slice(1).join('\n').trim()
    : commits.map(c => `* ${c.message}`).join('\n\n')
  return writeCommit(directory, {
    tree: await mergedTree(change, pull, base),
    parents: [base],
    message: joined(title ?? `${subject} (#${pull.number})`, message ?? body),
    ...signers(change),
  })
}

async function rebase({ directory, login, now }: Change, pull: Pull, base: string): Promise<string> {
  const commits = (await listCommits(directory, `${base}..${pull.headSha}`)).reverse()
  const committer = personOf(login, now)
  let tip = base
  for (const { sha, author, message, parents } of commits) {
    const picked = parents.length === 1 ? await cherryPick(directory, tip, sha) : { tree: null }
    if (picked.tree === null) throw new GithubError(405, "This branch can't be rebased")
    tip = await writeCommit(directory, { tree: picked.tree, parents: [tip], message, author, committer })
  }
  return tip
}

async function mergedTree({ directory }: Change, pull: Pull, base: string): Promise<string> {
  const { tree } = await mergeCommits(directory, base, pull.headSha)
  if (tree === null) throw new GithubError(405, 'Pull Request is not mergeable')
  return tree
}

function signers({ login, now }: Change): { author: Person; committer: Person } {
  return { author: personOf(login, now), committer: { ...GITHUB, date: now.toISOString() } }
}

function joined(title: string, message: string): string {
  return message === '' ? title : `${title}\n\n${message}`
}
