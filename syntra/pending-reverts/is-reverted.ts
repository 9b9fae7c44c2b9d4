import { CommitDetails, ComparedCommits, Containment } from '@goalixa/tools/forge/commits'
import type { ToolExecutor } from '../actions/execution/tool-executor.ts'

/** GitHub lists no more files of a commit or a comparison than this. */
const MAX_FILES = 300

/**
 * Whether every file that a commit changed is at `head` as it was before that commit, whatever way it was reverted. False
 * where that is unknown, or where the files have changed further. Throws what a read throws.
 */
export async function isReverted(
  { repo, sha }: { repo: string; sha: string | undefined },
  head: string,
  toolExecutor: Pick<ToolExecutor, 'read'>,
  signal: AbortSignal,
): Promise<boolean> {
  if (sha === undefined) return false
  // Where `head` lacks the commit, its files look reverted too.
  if (!(await contains(sha))) return false
  const { files, parents } = CommitDetails.parse(
    await toolExecutor.read('forge_get_commit', { repo, sha }, signal),
  )
  const [base] = parents
  if (base === undefined || files.length === 0 || files.length >= MAX_FILES) return false
  const since = ComparedCommits.parse(
    await toolExecutor.read('forge_compare_commits', { repo, base, head }, signal),
  ).files
  const differing = new Set(since.map(({ path }) => path))
  return since.length < MAX_FILES && files.every(({ path }) => !differing.has(path))

  async function contains(commit: string): Promise<boolean> {
    return Containment.parse(
      await toolExecutor.read('forge_contains_commit', { repo, sha: commit, head }, signal),
    ).contains
  }
}
