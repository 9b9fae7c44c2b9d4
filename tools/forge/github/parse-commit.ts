import { z } from 'zod'
import type { ChangedFile, Commit } from '../commits.ts'

const Person = z.looseObject({ name: z.string().nullish(), date: z.string().nullish() }).nullish()

export const RawCommit = z.looseObject({
  sha: z.string(),
  author: z.looseObject({ login: z.string().nullish() }).nullish(),
  commit: z.looseObject({ message: z.string(), author: Person, committer: Person }),
  parents: z.array(z.looseObject({ sha: z.string() })).nullish(),
})

export const RawFile = z.looseObject({
  filename: z.string(),
  status: z.string(),
  patch: z.string().nullish(),
})

/** Parses a commit in GitHub's answer. */
export function parseCommit({ sha, author, commit }: z.infer<typeof RawCommit>): Commit {
  return {
    sha,
    author: author?.login ?? commit.author?.name ?? 'unknown',
    message: commit.message,
    at: commit.committer?.date ?? commit.author?.date ?? null,
  }
}

/** Parses a changed file in GitHub's answer. */
export function parseFile({ filename, status, patch }: z.infer<typeof RawFile>): ChangedFile {
  return { path: filename, status, patch: patch ?? null }
}
