import { randomUUID } from 'node:crypto'
import type { Github } from './start-github.ts'

/** Reverts any commit of a branch through the Git data API; opens no pull request. */
export async function revertThroughApi({ octokit, at }: Github, branch: string, sha: string) {
  const head = (await octokit.git.getRef({ ...at, ref: `heads/${branch}` })).data.object.sha
  const commit = (await octokit.git.getCommit({ ...at, commit_sha: sha })).data
  const before = (await octokit.git.getCommit({ ...at, commit_sha: commit.parents[0]?.sha ?? '' })).data
  const undo = await octokit.git.createCommit({
    ...at,
    message: 'tmp',
    tree: before.tree.sha,
    parents: [sha],
  })
  const temporary = `syntra/tmp-${randomUUID().slice(0, 8)}`
  await octokit.git.createRef({ ...at, ref: `refs/heads/${temporary}`, sha: head })
  try {
    const merge = await octokit.repos.merge({ ...at, base: temporary, head: undo.data.sha })
    const subject = commit.message.split('\n')[0]
    const revert = await octokit.git.createCommit({
      ...at,
      message: `Revert "${subject}"\n\nThis reverts commit ${sha}.`,
      tree: merge.data.commit.tree.sha,
      parents: [head],
    })
    return {
      sha: revert.data.sha,
      tree: revert.data.tree.sha,
      parents: revert.data.parents.map(each => each.sha),
    }
  } finally {
    await octokit.git.deleteRef({ ...at, ref: `heads/${temporary}` })
  }
}
