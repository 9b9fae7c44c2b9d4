import { gitText } from '@goalixa/emulators-shared/git/run-git'
import type { Person } from './list-commits.ts'

export type NewCommit = {
  tree: string
  parents: string[]
  message: string
  author: Person
  committer: Person
}

/** Writes a commit object and returns its sha; moves no ref. Throws GitFailure for an unknown tree or parent. */
export function writeCommit(directory: string, commit: NewCommit): Promise<string> {
  const parents = commit.parents.flatMap(parent => ['-p', parent])
  return gitText(directory, ['commit-tree', commit.tree, ...parents], {
    input: commit.message,
    env: { ...identity('AUTHOR', commit.author), ...identity('COMMITTER', commit.committer) },
  })
}

/** Returns the author for a login, as GitHub writes it into commits. */
export function personOf(login: string, now: Date): Person {
  return { name: login, email: `${login}@users.noreply.github.com`, date: now.toISOString() }
}

/** Returns the login for a commit's e-mail address; null if it belongs to no login here. */
export function loginOf(email: string): string | null {
  return /^(?:\d+\+)?([\w.-]+)@users\.noreply\.github\.com$/.exec(email)?.[1] ?? null
}

function identity(role: 'AUTHOR' | 'COMMITTER', { name, email, date }: Person): Record<string, string> {
  return {
    [`GIT_${role}_NAME`]: name,
    [`GIT_${role}_EMAIL`]: email,
    [`GIT_${role}_DATE`]: `${Math.floor(new Date(date).getTime() / 1000)} +0000`,
  }
}
