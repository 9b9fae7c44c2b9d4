import type { Pull, RepositoryState } from '../store/repository-state.ts'
import { renderRepository, repositoryUrl } from './render-repository.ts'
import { renderUser } from './render-user.ts'

/** A pull request as GitHub's lists show it. */
export function renderPull(state: RepositoryState, pull: Pull, baseUrl: string) {
  const repoUrl = repositoryUrl(state, baseUrl)
  const url = `${repoUrl}/pulls/${pull.number}`
  const end = (ref: string, sha: string) => ({
    label: `${state.owner}:${ref}`,
    ref,
    sha,
    user: renderUser(state.owner, baseUrl),
    repo: renderRepository(state, baseUrl),
  })
  return {
    id: pull.id,
    node_id: `PR_${pull.id}`,
    url,
    html_url: `${baseUrl}/${state.owner}/${state.name}/pull/${pull.number}`,
    diff_url: `${baseUrl}/${state.owner}/${state.name}/pull/${pull.number}.diff`,
    issue_url: `${repoUrl}/issues/${pull.number}`,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    comments_url: `${repoUrl}/issues/${pull.number}/comments`,
    statuses_url: `${repoUrl}/statuses/${pull.headSha}`,
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: renderUser(pull.user, baseUrl),
    body: pull.body,
    labels: state.labels.filter(({ name }) => pull.labels.includes(name)),
    requested_reviewers: pull.requestedReviewers.map(login => renderUser(login, baseUrl)),
    requested_teams: [],
    assignees: [],
    milestone: null,
    draft: pull.draft,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommitSha,
    head: end(pull.headRef, pull.headSha),
    base: end(pull.baseRef, pull.baseSha),
    author_association: 'MEMBER',
    auto_merge: null,
  }
}
