import type { Pull, RepositoryState } from '../store/repository-state.ts'
import { renderLabel } from './render-label.ts'
import { renderRepository, repositoryUrl } from './render-repository.ts'
import { renderUser } from './render-user.ts'

/** Renders a pull request as in GitHub's lists. */
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
  const htmlUrl = `${baseUrl}/${state.owner}/${state.name}/pull/${pull.number}`
  const links = {
    issue: `${repoUrl}/issues/${pull.number}`,
    commits: `${url}/commits`,
    review_comments: `${url}/comments`,
    review_comment: `${repoUrl}/pulls/comments{/number}`,
    comments: `${repoUrl}/issues/${pull.number}/comments`,
    statuses: `${repoUrl}/statuses/${pull.headSha}`,
  }
  const allLinks = { self: url, html: htmlUrl, ...links }
  return {
    id: pull.id,
    node_id: `PR_${pull.id}`,
    url,
    html_url: htmlUrl,
    diff_url: `${htmlUrl}.diff`,
    patch_url: `${htmlUrl}.patch`,
    ...Object.fromEntries(Object.entries(links).map(([name, href]) => [`${name}_url`, href])),
    _links: Object.fromEntries(Object.entries(allLinks).map(([name, href]) => [name, { href }])),
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: renderUser(pull.user, baseUrl),
    body: pull.body,
    labels: state.labels
      .filter(({ name }) => pull.labels.includes(name))
      .map(label => renderLabel(state, label, baseUrl)),
    requested_reviewers: pull.requestedReviewers.map(login => renderUser(login, baseUrl)),
    requested_teams: [],
    assignee: null,
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
