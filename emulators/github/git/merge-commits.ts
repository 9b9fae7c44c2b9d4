import { gitText, runGit } from '@goalixa/emulators-shared/git/run-git'

export type MergeResult = { tree: string; conflicts: null } | { tree: null; conflicts: string[] }

/** Merges two commits three-way into a tree; moves no ref. A conflict is a result, not an error. */
export async function mergeCommits(directory: string, ours: string, theirs: string): Promise<MergeResult> {
  const args = ['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', ours, theirs]
  // 1 is a conflict; 128 means unrelated histories, which cannot be merged either.
  const { exitCode, stdout } = await runGit(directory, args, { acceptedExitCodes: [1, 128] })
  const [tree = '', ...conflicts] = stdout.toString().split('\0').filter(Boolean)
  return exitCode === 0 ? { tree, conflicts: null } : { tree: null, conflicts }
}

/** Applies one commit's change to another commit, as `git cherry-pick` would, and returns the tree. */
export async function cherryPick(directory: string, onto: string, sha: string): Promise<MergeResult> {
  // Git 2.39 has no option for the merge base, so three commits are created whose merge base is the parent of the
  // picked one.
  const base = await bareCommit(directory, `${sha}^`, [])
  const ours = await bareCommit(directory, onto, [base])
  const theirs = await bareCommit(directory, sha, [base])
  return mergeCommits(directory, ours, theirs)
}

/** Returns the best common ancestor; null if there is none. */
export async function mergeBase(directory: string, a: string, b: string): Promise<string | null> {
  const { exitCode, stdout } = await runGit(directory, ['merge-base', a, b], { acceptedExitCodes: [1] })
  return exitCode === 0 ? stdout.toString().trim() : null
}

/** Returns whether one commit is in the history of the other (a commit is in its own). */
export async function isAncestor(directory: string, ancestor: string, descendant: string): Promise<boolean> {
  const args = ['merge-base', '--is-ancestor', ancestor, descendant]
  return (await runGit(directory, args, { acceptedExitCodes: [1] })).exitCode === 0
}

function bareCommit(directory: string, treeish: string, parents: string[]): Promise<string> {
  const parentArgs = parents.flatMap(parent => ['-p', parent])
  return gitText(directory, ['commit-tree', `${treeish}^{tree}`, ...parentArgs], { input: 'pick' })
}
