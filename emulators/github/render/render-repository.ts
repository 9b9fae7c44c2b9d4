import type { RepositoryState } from '../store/repository-state.ts'
import { renderUser } from './render-user.ts'

/** A repository as GitHub shows it to someone who may push. */
export function renderRepository(state: RepositoryState, baseUrl: string) {
  const fullName = `${state.owner}/${state.name}`
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
    url: `${baseUrl}/repos/${fullName}`,
    clone_url: `${baseUrl}/${fullName}.git`,
    git_url: `${baseUrl}/${fullName}.git`,
    default_branch: state.defaultBranch,
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

/** The address of a repository in the API. */
export function repositoryUrl(state: Pick<RepositoryState, 'owner' | 'name'>, baseUrl: string): string {
  return `${baseUrl}/repos/${state.owner}/${state.name}`
}
