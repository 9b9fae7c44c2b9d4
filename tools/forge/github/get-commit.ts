import { z } from 'zod'
import { defineTool } from '../../tool.ts'
import { ChangedFile, Commit, commitOf, fileOf, RawCommit, RawFile } from './commit.ts'
import { Ref, Repository, repositoryParameters } from './repository.ts'

/** What `forge_get_commit` gives; the files are those that differ from the first parent. */
export const GotCommit = Commit.extend({ parents: z.array(z.string()), files: z.array(ChangedFile) })
export type GotCommit = z.infer<typeof GotCommit>

const Answer = RawCommit.extend({ files: z.array(RawFile).nullish() })

export const getCommit = defineTool({
  name: 'forge_get_commit',
  description: 'Reads one commit with its changed files.',
  effect: 'read',
  input: z.strictObject({ repo: Repository, sha: Ref }),
  async run({ repo, sha }, { github }, signal): Promise<GotCommit> {
    const raw = await github.read('GET /repos/{owner}/{repo}/commits/{ref}', Answer, signal, {
      ...repositoryParameters(repo),
      ref: sha,
    })
    const parents = (raw.parents ?? []).map(parent => parent.sha)
    return { ...commitOf(raw), parents, files: (raw.files ?? []).map(fileOf) }
  },
})
