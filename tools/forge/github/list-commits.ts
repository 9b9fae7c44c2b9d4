import { z } from 'zod'
import { Instant } from '../../names.ts'
import { defineTool } from '../../tool.ts'
import { Commit, commitOf, RawCommit } from './commit.ts'
import { Ref, Repository, repositoryParameters } from './repository.ts'

/** What `forge_list_commits` gives, newest first, at most 50. */
export const ListedCommits = z.object({ commits: z.array(Commit) })
export type ListedCommits = z.infer<typeof ListedCommits>

export const listCommits = defineTool({
  name: 'forge_list_commits',
  description: 'Lists the last commits of a branch, newest first, of a path or since a time if given.',
  effect: 'read',
  input: z.strictObject({
    repo: Repository,
    branch: Ref,
    path: z.string().min(1).max(500).optional(),
    since: Instant.optional(),
  }),
  async run({ repo, branch, path, since }, { github }, signal): Promise<ListedCommits> {
    const commits = await github.read('GET /repos/{owner}/{repo}/commits', z.array(RawCommit), signal, {
      ...repositoryParameters(repo),
      sha: branch,
      path,
      since,
      per_page: 50,
    })
    return { commits: commits.map(commitOf) }
  },
})
