export type Pull = {
  id: number
  number: number
  title: string
  body: string | null
  state: 'open' | 'closed'
  draft: boolean
  headRef: string
  baseRef: string
  headSha: string
  baseSha: string
  user: string
  labels: string[]
  requestedReviewers: string[]
  createdAt: string
  updatedAt: string
  closedAt: string | null
  mergedAt: string | null
  mergedBy: string | null
  mergeCommitSha: string | null
}

export type ReviewState = 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING'

export type Review = {
  id: number
  pull: number
  user: string
  state: ReviewState
  body: string
  commitId: string
  submittedAt: string
}

export type ReviewComment = {
  id: number
  pull: number
  reviewId: number | null
  user: string
  body: string
  path: string
  line: number | null
  side: 'LEFT' | 'RIGHT'
  commitId: string
  inReplyTo: number | null
  createdAt: string
}

export type IssueComment = {
  id: number
  issue: number
  user: string
  body: string
  createdAt: string
  updatedAt: string
}

export type Label = { id: number; name: string; color: string; description: string | null }

export type CheckRun = {
  id: number
  name: string
  headSha: string
  status: string
  conclusion: string | null
  detailsUrl: string | null
  externalId: string
  startedAt: string
  completedAt: string | null
  output: { title: string | null; summary: string | null; text: string | null }
}

export type CommitStatus = {
  id: number
  sha: string
  state: 'error' | 'failure' | 'pending' | 'success'
  context: string
  description: string | null
  targetUrl: string | null
  creator: string
  createdAt: string
}

export type Protection = {
  requiredReviews: number | null
  dismissStaleReviews: boolean
  requiredChecks: string[] | null
  isStrict: boolean
  enforceAdmins: boolean
}

/** A branch that was created, moved or deleted, by whom and when. */
export type Activity = {
  id: number
  ref: string
  before: string | null
  after: string | null
  isForced: boolean
  actor: string
  at: string
}

export type Hook = {
  id: number
  url: string
  contentType: 'json' | 'form'
  secret: string | null
  events: string[]
  isActive: boolean
  createdAt: string
  updatedAt: string
}

export type Delivery = {
  id: number
  guid: string
  hook: number
  event: string
  action: string | null
  deliveredAt: string
  durationSeconds: number
  status: string
  statusCode: number
  isRedelivery: boolean
  request: { headers: Record<string, string>; payload: unknown }
  response: { payload: string }
}

/** The state of a repository that Git itself does not hold. */
export type RepositoryState = {
  id: number
  owner: string
  name: string
  isPrivate: boolean
  description: string | null
  defaultBranch: string
  createdAt: string
  pushedAt: string
  nextNumber: number
  nextId: number
  pulls: Pull[]
  reviews: Review[]
  reviewComments: ReviewComment[]
  issueComments: IssueComment[]
  labels: Label[]
  checkRuns: CheckRun[]
  statuses: CommitStatus[]
  protections: Record<string, Protection>
  activities: Activity[]
  hooks: Hook[]
  deliveries: Delivery[]
}

/** Creates the state of a new repository. */
export function newRepositoryState(
  about: Pick<RepositoryState, 'id' | 'owner' | 'name' | 'isPrivate' | 'description' | 'createdAt'>,
): RepositoryState {
  return {
    ...about,
    defaultBranch: 'main',
    pushedAt: about.createdAt,
    nextNumber: 1,
    nextId: about.id * 1_000_000,
    pulls: [],
    reviews: [],
    reviewComments: [],
    issueComments: [],
    labels: [],
    checkRuns: [],
    statuses: [],
    protections: {},
    activities: [],
    hooks: [],
    deliveries: [],
  }
}

/** Returns the next id in the repository; unique across all repositories. */
export function takeId(state: RepositoryState): number {
  state.nextId += 1
  return state.nextId
}
