import type { GitWriter } from './git-data.ts'
import type { RawPullRequest } from './raw-pull-request.ts'

/** Describes the commit at the head of a pull request, as a clause. The author is only what the commit claims. */
export async function describeHead(git: GitWriter, { head }: RawPullRequest): Promise<string> {
  const commit = await git.commitAt(head.sha).catch(() => undefined)
  const name = commit?.author?.name
  return `its branch ${head.ref} is at commit ${head.sha}${name ? `, whose author is given as ${name}` : ''}`
}
