import type { HostedForge } from '../create-forge.ts'
import { closeRevert } from './close-revert.ts'
import { createGitData } from './git-data.ts'
import { createGithubClient, type GithubSettings } from './github-client.ts'
import { githubHosts } from './github-hosts.ts'
import { mergeRevert } from './merge-revert.ts'
import { openRevert } from './open-revert.ts'
import { readBranchRules } from './read-branch-rules.ts'
import { compareCommits, getCommit, listCommits } from './read-commits.ts'
import { getPullRequest } from './read-pull-request.ts'

/** GitHub as a forge. */
export function createGithubForge(settings: GithubSettings): HostedForge {
  const github = createGithubClient(settings)
  return {
    system: 'GitHub',
    hosts: githubHosts(settings),
    shape: { pattern: /^[\w.-]+\/[\w.-]+$/, description: 'owner/name' },
    forge: {
      compareCommits: (range, signal) => compareCommits(github, range, signal),
      getCommit: (commit, signal) => getCommit(github, commit, signal),
      listCommits: (filter, signal) => listCommits(github, filter, signal),
      containsCommit: async ({ repo, sha, head }, signal) => ({
        contains: await createGitData(github, repo, signal).isAncestor(sha, head),
      }),
      getPullRequest: (pull, signal) => getPullRequest(github, pull, signal),
      readBranchRules: (branch, signal) => readBranchRules(github, branch, signal),
      openRevert: openRevert(github),
      mergeRevert: mergeRevert(github),
      closeRevert: closeRevert(github),
    },
  }
}
