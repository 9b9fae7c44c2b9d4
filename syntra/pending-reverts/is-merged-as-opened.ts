import { type ChangedFile, CommitDetails } from '@goalixa/tools/forge/commits'
import type { ToolExecutor } from '../actions/execution/tool-executor.ts'

/** GitHub lists no more files of a commit than this. */
const MAX_FILES = 300

/**
 * Whether a merge brought to its branch exactly what the revert that Syntra opened changes. Only the changed lines are compared:
 * where the branch had moved on, their numbers and what surrounds them differ. False where that cannot be told. Throws
 * what a read throws.
 */
export async function isMergedAsOpened(
  { repo, revert, merge }: { repo: string; revert: string; merge: string },
  toolExecutor: Pick<ToolExecutor, 'read'>,
  signal: AbortSignal,
): Promise<boolean> {
  const changesOf = async (sha: string) => {
    const { files } = CommitDetails.parse(await toolExecutor.read('forge_get_commit', { repo, sha }, signal))
    const isWhole = files.length > 0 && files.length < MAX_FILES && files.every(({ patch }) => patch !== null)
    return isWhole ? new Map(files.map(file => [file.path, changedLines(file)])) : undefined
  }
  const [opened, merged] = await Promise.all([changesOf(revert), changesOf(merge)])
  if (opened === undefined || merged === undefined || opened.size !== merged.size) return false
  return [...opened].every(([path, lines]) => merged.get(path) === lines)
}

function changedLines({ status, patch }: ChangedFile): string {
  const lines = (patch ?? '').split('\n').filter(line => /^[+-]/.test(line))
  return [status, ...lines].join('\n')
}
