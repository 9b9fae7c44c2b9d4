import type { RepositoryState } from '../store/repository-state.ts'
import { renderUser } from './render-user.ts'

// Every repository of GitHub has these links, whether or not the resource exists here.
const LINKS = [
  ['archive_url', '/{archive_format}{/ref}'],
  ['assignees_url', '/assignees{/user}'],
  ['blobs_url', '/git/blobs{/sha}'],
  ['branches_url', '/branches{/branch}'],
  ['collaborators_url', '/collaborators{/collaborator}'],
  ['comments_url', '/comments{/number}'],
  ['commits_url', '/commits{/sha}'],
  ['compare_url', '/compare/{base}...{head}'],
  ['contents_url', '/contents/{+path}'],
  ['contributors_url', '/contributors'],
  ['deployments_url', '/deployments'],
  ['downloads_url', '/downloads'],
  ['events_url', '/events'],
  ['forks_url', '/forks'],
  ['git_commits_url', '/git/commits{/sha}'],
  ['git_refs_url', '/git/refs{/sha}'],
  ['git_tags_url', '/git/tags{/sha}'],
  ['hooks_url', '/hooks'],
  ['issue_comment_url', '/issues/comments{/number}'],
  ['issue_events_url', '/issues/events{/number}'],
  ['issues_url', '/issues{/number}'],
  ['keys_url', '/keys{/key_id}'],
  ['labels_url', '/labels{/name}'],
  ['languages_url', '/languages'],
  ['merges_url', '/merges'],
  ['milestones_url', '/milestones{/number}'],
  ['notifications_url', '/notifications{?since,all,participating}'],
  ['pulls_url', '/pulls{/number}'],
  ['releases_url', '/releases{/id}'],
  ['stargazers_url', '/stargazers'],
  ['statuses_url', '/statuses/{sha}'],
  ['subscribers_url', '/subscribers'],
  ['subscription_url', '/subscription'],
  ['tags_url', '/tags'],
  ['teams_url', '/teams'],
  ['trees_url', '/git/trees{/sha}'],
] as const

/** Renders a repository as GitHub shows it to a user who may push. */
export function renderRepository(state: RepositoryState, baseUrl: string) {
  const fullName = `${state.owner}/${state.name}`
  const url = repositoryUrl(state, baseUrl)
  const openPulls = state.pulls.filter(pull => pull.state === 'open').length
  return {
    id: state.id,
    node_id: `R_${state.id}`,
    name: state.name,
    full_name: fullName,
    private: state.isPrivate,
    visibility: state.isPrivate ? 'private' : 'public',
    owner: renderUser(state.owner, baseUrl),
    html_url: `${baseUrl}/${fullName}`,
    description: state.description,
    fork: false,
    url,
    ...Object.fromEntries(LINKS.map(([field, path]) => [field, url + path])),
    clone_url: `${baseUrl}/${fullName}.git`,
    git_url: `${baseUrl}/${fullName}.git`,
    ssh_url: `${baseUrl}/${fullName}.git`,
    svn_url: `${baseUrl}/${fullName}`,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    default_branch: state.defaultBranch,
    size: 0,
    forks: 0,
    forks_count: 0,
    watchers: 0,
    watchers_count: 0,
    stargazers_count: 0,
    subscribers_count: 0,
    network_count: 0,
    open_issues: openPulls,
    open_issues_count: openPulls,
    has_issues: true,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_downloads: false,
    has_discussions: false,
    archived: false,
    disabled: false,
    created_at: state.createdAt,
    updated_at: state.pushedAt,
    pushed_at: state.pushedAt,
    permissions: { admin: true, maintain: true, push: true, triage: true, pull: true },
    allow_merge_commit: true,
    allow_squash_merge: true,
    allow_rebase_merge: true,
  }
}

/** Returns the URL of a repository in the API. */
export function repositoryUrl(state: Pick<RepositoryState, 'owner' | 'name'>, baseUrl: string): string {
  return `${baseUrl}/repos/${state.owner}/${state.name}`
}
