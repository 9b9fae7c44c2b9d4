import { gitText, runGit } from '@goalixa/emulators-shared/git/run-git'

export type Ref = { ref: string; sha: string; type: 'commit' | 'tag' | 'tree' | 'blob' }

const FORMAT = '%(refname) %(objectname) %(objecttype)'

/** Lists the refs below a prefix, for example `refs/heads/`, by name. */
export async function listRefs(directory: string, prefix: string): Promise<Ref[]> {
  const text = await gitText(directory, ['for-each-ref', `--format=${FORMAT}`])
  return text
    .split('\n')
    .filter(Boolean)
    .map(line => {
      const [ref = '', sha = '', type = 'commit'] = line.split(' ')
      return { ref, sha, type: type as Ref['type'] }
    })
    .filter(({ ref }) => ref.startsWith(prefix))
}

/** Reads the sha to which a full ref points; null if there is no such ref. */
export async function readRef(directory: string, ref: string): Promise<string | null> {
  const [found] = isRefName(ref) ? await lookUp(directory, [ref]) : []
  return found?.sha ?? null
}

/** Points a ref to an object; null deletes it. */
export async function writeRef(directory: string, ref: string, sha: string | null): Promise<void> {
  await runGit(directory, sha === null ? ['update-ref', '-d', ref] : ['update-ref', ref, sha])
}

// The rules of `git check-ref-format`, so that no other revision syntax is accepted.
const FORBIDDEN = /[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(\/|$)|\.$|\/$/

/** Returns whether Git would accept the full name of a ref, for example `refs/heads/main`. */
export function isRefName(ref: string): boolean {
  return ref.startsWith('refs/') && !FORBIDDEN.test(ref)
}

/**
 * Resolves a branch, tag, full ref or (short) sha to its commit; null if there is none. No other revision syntax is
 * accepted.
 */
export async function resolveCommit(directory: string, name: string): Promise<string | null> {
  const refs = [`refs/heads/${name}`, `refs/tags/${name}`, `refs/${name}`, name].filter(isRefName)
  const names = /^[0-9a-f]{4,40}$/.test(name) ? [...refs, name] : refs
  const found = await lookUp(
    directory,
    names.map(each => `${each}^{commit}`),
  )
  return found.find(each => each !== null)?.sha ?? null
}

/** Returns the type of an object; null if there is none. */
export async function typeOfObject(directory: string, sha: string): Promise<Ref['type'] | null> {
  if (!/^[0-9a-f]{4,40}$/.test(sha)) return null
  const [found] = await lookUp(directory, [sha])
  return found?.type ?? null
}

// One process looks up all names. It prints `<sha> <type> <size>` a line, or `<name> missing`.
async function lookUp(directory: string, names: string[]) {
  if (names.length === 0) return []
  const input = names.map(name => `${name}\n`).join('')
  const text = await gitText(directory, ['cat-file', '--batch-check'], { input })
  return text.split('\n').map(line => {
    const [, sha, type] = /^([0-9a-f]{40}) (commit|tag|tree|blob) \d+$/.exec(line) ?? []
    return sha === undefined ? null : { sha, type: type as Ref['type'] }
  })
}
