import { z } from 'zod'
import { defineTool } from '../../tool.ts'
import { ChangedFile, Commit, commitOf, fileOf, RawCommit, RawFile } from './commit.ts'
import { Ref, Repository, repositoryParameters } from './repository.ts'

/** What `forge_compare_commits` gives: what `head` has and `base` has not, oldest commit first. */
export const ComparedCommits = z.object({ commits: z.array(Commit), files: z.array(ChangedFile) })
export type ComparedCommits = z.infer<typeof ComparedCommits>

const Answer = z.looseObject({ commits: z.array(RawCommit), files: z.array(RawFile).nullish() })

export const compareCommits = defineTool({
  name: 'forge_compare_commits',
  description: 'Tells what changed in a repository from one commit to another.',
  effect: 'read',
  input: z.strictObject({ repo: Repository, base: Ref, head: Ref }),
  async run({ repo, base, head }, { github }, signal): Promise<ComparedCommits> {
    const { commits, files } = await github.read(
      'GET /repos/{owner}/{repo}/compare/{basehead}',
      Answer,
      signal,
      { ...repositoryParameters(repo), basehead: `${base}...${head}`, per_page: 100 },
    )
    return { commits: commits.map(commitOf), files: (files ?? []).map(fileOf) }
  },
})
