import type { RepositoryState, Review, ReviewComment } from '../store/repository-state.ts'
import { repositoryUrl } from './render-repository.ts'
import { renderUser } from './render-user.ts'

/** Renders a review as GitHub does. */
export function renderReview(state: RepositoryState, review: Review, baseUrl: string) {
  const pullUrl = `${repositoryUrl(state, baseUrl)}/pulls/${review.pull}`
  const htmlUrl = `${baseUrl}/${state.owner}/${state.name}/pull/${review.pull}#pullrequestreview-${review.id}`
  return {
    id: review.id,
    node_id: `PRR_${review.id}`,
    user: renderUser(review.user, baseUrl),
    body: review.body,
    state: review.state,
    html_url: htmlUrl,
    pull_request_url: pullUrl,
    _links: { html: { href: htmlUrl }, pull_request: { href: pullUrl } },
    submitted_at: review.submittedAt,
    commit_id: review.commitId,
    author_association: 'MEMBER',
  }
}

/** Renders a comment on a line of a pull request as GitHub does. */
export function renderReviewComment(state: RepositoryState, comment: ReviewComment, baseUrl: string) {
  const repoUrl = repositoryUrl(state, baseUrl)
  const url = `${repoUrl}/pulls/comments/${comment.id}`
  const pullUrl = `${repoUrl}/pulls/${comment.pull}`
  const htmlUrl = `${baseUrl}/${state.owner}/${state.name}/pull/${comment.pull}#discussion_r${comment.id}`
  return {
    id: comment.id,
    node_id: `PRRC_${comment.id}`,
    url,
    html_url: htmlUrl,
    pull_request_url: pullUrl,
    _links: { self: { href: url }, html: { href: htmlUrl }, pull_request: { href: pullUrl } },
    author_association: 'MEMBER',
    pull_request_review_id: comment.reviewId,
    user: renderUser(comment.user, baseUrl),
    body: comment.body,
    path: comment.path,
    // Not computed: no client here reads it.
    diff_hunk: '',
    line: comment.line,
    original_line: comment.line,
    side: comment.side,
    commit_id: comment.commitId,
    original_commit_id: comment.commitId,
    ...(comment.inReplyTo === null ? {} : { in_reply_to_id: comment.inReplyTo }),
    created_at: comment.createdAt,
    updated_at: comment.createdAt,
  }
}
