import { z } from 'zod'

/** A commit; `at` is when it was committed. */
export const Commit = z.object({
  sha: z.string(),
  author: z.string(),
  message: z.string(),
  at: z.string().nullable(),
})
export type Commit = z.infer<typeof Commit>

/** A changed file; `patch` is null where the forge returns none (binary or too large). */
export const ChangedFile = z.object({ path: z.string(), status: z.string(), patch: z.string().nullable() })
export type ChangedFile = z.infer<typeof ChangedFile>

/** The commits in `head` that are not in `base`, oldest first. */
export const ComparedCommits = z.object({ commits: z.array(Commit), files: z.array(ChangedFile) })
export type ComparedCommits = z.infer<typeof ComparedCommits>

/** One commit; the files are those that differ from its first parent. */
export const CommitDetails = Commit.extend({ parents: z.array(z.string()), files: z.array(ChangedFile) })
export type CommitDetails = z.infer<typeof CommitDetails>

/** The last commits of a branch, newest first, at most 50. */
export const CommitList = z.object({ commits: z.array(Commit) })
export type CommitList = z.infer<typeof CommitList>

/** Whether a commit is an ancestor of another commit or branch, or that commit itself. */
export const Containment = z.object({ contains: z.boolean() })
export type Containment = z.infer<typeof Containment>
