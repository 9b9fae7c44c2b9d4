import { gitText } from '@goalixa/emulators-shared/git/run-git'

export type Person = { name: string; email: string; date: string }
export type Commit = {
  sha: string
  tree: string
  parents: string[]
  author: Person
  committer: Person
  message: string
}

export type CommitFilter = {
  /** Only commits that change this path. */
  path?: string
  since?: string
  until?: string
  author?: string
  skip?: number
  limit?: number
}

// One field a line (none of them can contain a line break), the message last, records terminated by NUL.
const FORMAT = '%H%n%T%n%P%n%an%n%ae%n%aI%n%cn%n%ce%n%cI%n%B'

/** Lists the commits of a range (`sha`, `base..head`), newest first. */
export async function listCommits(
  directory: string,
  range: string,
  filter: CommitFilter = {},
): Promise<Commit[]> {
  const text = await gitText(directory, ['log', '-z', `--format=${FORMAT}`, ...argumentsOf(range, filter)])
  return text.split('\0').filter(Boolean).map(parseCommit)
}

/** Counts the commits in a range. */
export async function countCommits(
  directory: string,
  range: string,
  filter: CommitFilter = {},
): Promise<number> {
  const { skip: _skip, limit: _limit, ...rest } = filter
  return Number(await gitText(directory, ['rev-list', '--count', ...argumentsOf(range, rest)]))
}

/** Reads one commit by its full sha. Throws GitFailure if there is none. */
export async function readCommit(directory: string, sha: string): Promise<Commit> {
  const [commit] = await listCommits(directory, sha, { limit: 1 })
  if (!commit) throw new Error(`Commit ${sha} disappeared while it was read.`)
  return commit
}

function argumentsOf(range: string, filter: CommitFilter): string[] {
  return [
    ...(filter.limit === undefined ? [] : [`--max-count=${filter.limit}`]),
    ...(filter.skip ? [`--skip=${filter.skip}`] : []),
    ...(filter.since ? [`--since=${filter.since}`] : []),
    ...(filter.until ? [`--until=${filter.until}`] : []),
    ...(filter.author ? ['--fixed-strings', `--author=${filter.author}`] : []),
    range,
    '--',
    ...(filter.path ? [filter.path] : []),
  ]
}

function parseCommit(record: string): Commit {
  const [
    sha = '',
    tree = '',
    parents = '',
    an = '',
    ae = '',
    ad = '',
    cn = '',
    ce = '',
    cd = '',
    ...message
  ] = record.split('\n')
  return {
    sha,
    tree,
    parents: parents.split(' ').filter(Boolean),
    author: { name: an, email: ae, date: toUtc(ad) },
    committer: { name: cn, email: ce, date: toUtc(cd) },
    message: message.join('\n').replace(/\n+$/, ''),
  }
}

function toUtc(date: string): string {
  return new Date(date).toISOString().replace('.000Z', 'Z')
}
