import { z } from 'zod'

/** A commit as Syntra's reads give it; `at` is when it was committed. */
export const Commit = z.object({
  sha: z.string(),
  author: z.string(),
  message: z.string(),
  at: z.string().nullable(),
})
export type Commit = z.infer<typeof Commit>

/** A changed file; `patch` is null where GitHub gives none (binary or too large). */
export const ChangedFile = z.object({ path: z.string(), status: z.string(), patch: z.string().nullable() })
export type ChangedFile = z.infer<typeof ChangedFile>

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

/** A commit out of GitHub's answer. */
export function commitOf({ sha, author, commit }: z.infer<typeof RawCommit>): Commit {
  return {
    sha,
    author: author?.login ?? commit.author?.name ?? 'unknown',
    message: commit.message,
    at: commit.committer?.date ?? commit.author?.date ?? null,
  }
}

/** A changed file out of GitHub's answer. */
export function fileOf({ filename, status, patch }: z.infer<typeof RawFile>): ChangedFile {
  return { path: filename, status, patch: patch ?? null }
}
