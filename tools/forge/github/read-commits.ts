import { z } from 'zod'
import { limitItems } from '../../http/limit-items.ts'
import { tolerantArray } from '../../http/tolerant-array.ts'
import type { CommitDetails, CommitList, ComparedCommits } from '../commits.ts'
import type { GithubClient } from './github-client.ts'
import { parseCommit, parseFile, RawCommit, RawFile } from './parse-commit.ts'
import { repositoryParameters } from './repository-parameters.ts'

// Applied to the response as well, in case the server ignores `per_page`.
const MAX_COMPARED = 100
const MAX_LISTED = 50
const MAX_FILES = 300

const Comparison = z.looseObject({
  commits: tolerantArray(RawCommit),
  files: tolerantArray(RawFile).nullish(),
})
const WithFiles = RawCommit.extend({ files: tolerantArray(RawFile).nullish() })

/** The commits in `head` that are not in `base`, oldest first; GitHub lists at most 300 files. */
export async function compareCommits(
  github: GithubClient,
  { repo, base, head }: { repo: string; base: string; head: string },
  signal: AbortSignal,
): Promise<ComparedCommits> {
  const { commits, files } = await github.read(
    'GET /repos/{owner}/{repo}/compare/{basehead}',
    Comparison,
    signal,
    { ...repositoryParameters(repo), basehead: `${base}...${head}`, per_page: MAX_COMPARED },
  )
  const kept = limitItems('GitHub', 'commits', commits, MAX_COMPARED)
  return { commits: kept.map(parseCommit), files: filesOf(files) }
}

/** One commit with the files that differ from its first parent. */
export async function getCommit(
  github: GithubClient,
  { repo, sha }: { repo: string; sha: string },
  signal: AbortSignal,
): Promise<CommitDetails> {
  const raw = await github.read('GET /repos/{owner}/{repo}/commits/{ref}', WithFiles, signal, {
    ...repositoryParameters(repo),
    ref: sha,
  })
  const parents = (raw.parents ?? []).map(parent => parent.sha)
  return { ...parseCommit(raw), parents, files: filesOf(raw.files) }
}

/** The last 50 commits of a branch, newest first. */
export async function listCommits(
  github: GithubClient,
  { repo, branch, path, since }: { repo: string; branch: string; path?: string; since?: string },
  signal: AbortSignal,
): Promise<CommitList> {
  const commits = await github.read('GET /repos/{owner}/{repo}/commits', tolerantArray(RawCommit), signal, {
    ...repositoryParameters(repo),
    sha: branch,
    path,
    since,
    per_page: MAX_LISTED,
  })
  return { commits: commits.slice(0, MAX_LISTED).map(parseCommit) }
}

function filesOf(files: z.infer<typeof RawFile>[] | null | undefined) {
  return limitItems('GitHub', 'files', files ?? [], MAX_FILES).map(parseFile)
}
