import type { ChangedFile } from '../git/list-changed-files.ts'
import type { Commit } from '../git/list-commits.ts'
import { loginOf } from '../git/write-commit.ts'
import { renderUser } from './render-user.ts'

const NOT_SIGNED = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null }

/** Renders a commit as in GitHub's lists. `repoUrl` is the URL of the repository in the API. */
export function renderCommit(commit: Commit, repoUrl: string) {
  const { sha, author, committer, message, tree, parents } = commit
  return {
    sha,
    node_id: `C_${sha}`,
    commit: {
      author,
      committer,
      message,
      tree: { sha: tree, url: `${repoUrl}/git/trees/${tree}` },
      url: `${repoUrl}/git/commits/${sha}`,
      comment_count: 0,
      verification: NOT_SIGNED,
    },
    url: `${repoUrl}/commits/${sha}`,
    html_url: `${repoUrl.replace('/repos/', '/')}/commit/${sha}`,
    comments_url: `${repoUrl}/commits/${sha}/comments`,
    author: accountOf(author.email, repoUrl),
    committer: accountOf(committer.email, repoUrl),
    parents: parents.map(parent => ({
      sha: parent,
      url: `${repoUrl}/commits/${parent}`,
      html_url: `${repoUrl.replace('/repos/', '/')}/commit/${parent}`,
    })),
  }
}

/** Renders a commit as in GitHub's Git data API. */
export function renderGitCommit(commit: Commit, repoUrl: string) {
  const { sha, author, committer, message, tree, parents } = commit
  return {
    sha,
    node_id: `C_${sha}`,
    url: `${repoUrl}/git/commits/${sha}`,
    html_url: `${repoUrl.replace('/repos/', '/')}/commit/${sha}`,
    author,
    committer,
    tree: { sha: tree, url: `${repoUrl}/git/trees/${tree}` },
    message,
    parents: parents.map(parent => ({
      sha: parent,
      url: `${repoUrl}/git/commits/${parent}`,
      html_url: `${repoUrl.replace('/repos/', '/')}/commit/${parent}`,
    })),
    verification: NOT_SIGNED,
  }
}

/** Renders a changed file as in GitHub's commits, comparisons and pull requests. */
export function renderFile(file: ChangedFile, repoUrl: string, ref: string) {
  const path = file.path.split('/').map(encodeURIComponent).join('/')
  return {
    sha: file.sha,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${repoUrl.replace('/repos/', '/')}/blob/${ref}/${path}`,
    raw_url: `${repoUrl.replace('/repos/', '/')}/raw/${ref}/${path}`,
    contents_url: `${repoUrl}/contents/${path}?ref=${ref}`,
    ...(file.patch === null ? {} : { patch: file.patch }),
    ...(file.previousPath === null ? {} : { previous_filename: file.previousPath }),
  }
}

function accountOf(email: string, repoUrl: string) {
  const login = loginOf(email)
  return login === null ? null : renderUser(login, repoUrl.replace(/\/repos\/.*$/, ''))
}
