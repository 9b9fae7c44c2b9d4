import type { RepositoryState, Review, ReviewComment } from '../store/repository-state.ts'
import { repositoryUrl } from './render-repository.ts'
import { renderUser } from './render-user.ts'

/** A review as GitHub shows it. */
export function renderReview(state: RepositoryState, review: Review, baseUrl: string) {
  const pullUrl = `${repositoryUrl(state, baseUrl)}/pulls/${review.pull}`
  return {
    id: review.id,
    node_id: `PRR_${review.id}`,
    user: renderUser(review.user, baseUrl),
    body: review.body,
    state: review.state,
    html_url: `${baseUrl}/${state.owner}/${state.name}/pull/${review.pull}#pullrequestreview-${review.id}`,
    pull_request_url: pullUrl,
    submitted_at: review.submittedAt,
    commit_id: review.commitId,
    author_association: 'MEMBER',
  }
}

/** A comment on a line of a pull request as GitHub shows it. */
export function renderReviewComment(state: RepositoryState, comment: ReviewComment, baseUrl: string) {
  const repoUrl = repositoryUrl(state, baseUrl)
  return {
    id: comment.id,
    node_id: `PRRC_${comment.id}`,
    url: `${repoUrl}/pulls/comments/${comment.id}`,
    pull_request_url: `${repoUrl}/pulls/${comment.pull}`,
    pull_request_review_id: comment.reviewId,
    user: renderUser(comment.user, baseUrl),
    body: comment.body,
    path: comment.path,
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
