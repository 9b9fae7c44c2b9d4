import { gitText, runGit } from '../../git/run-git.ts'

export type Ref = { ref: string; sha: string; type: 'commit' | 'tag' | 'tree' | 'blob' }

const FORMAT = '%(refname) %(objectname) %(objecttype)'

/** The refs below a prefix, for example `refs/heads/`, by name. */
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

/** The sha a full ref points at; null if there is no such ref. */
export async function readRef(directory: string, ref: string): Promise<string | null> {
  if (!(await isRefName(directory, ref))) return null
  const { exitCode, stdout } = await runGit(directory, ['show-ref', '--verify', '--hash', ref], {
    answers: [1, 128],
  })
  return exitCode === 0 ? stdout.toString().trim() : null
}

/** Points a ref at an object, or takes it away with null. */
export async function writeRef(directory: string, ref: string, sha: string | null): Promise<void> {
  await runGit(directory, sha === null ? ['update-ref', '-d', ref] : ['update-ref', ref, sha])
}

/** Whether Git would accept the name, for example `refs/heads/main`. */
export async function isRefName(directory: string, ref: string): Promise<boolean> {
  if (ref.startsWith('-') || ref.includes('\0')) return false
  return (await runGit(directory, ['check-ref-format', ref], { answers: [1, 129] })).exitCode === 0
}

/** The commit behind a branch, tag, full ref or (short) sha; null if there is none. No other Git syntax is read. */
export async function resolveCommit(directory: string, name: string): Promise<string | null> {
  for (const ref of [`refs/heads/${name}`, `refs/tags/${name}`, `refs/${name}`, name]) {
    const sha = ref.startsWith('refs/') ? await readRef(directory, ref) : null
    if (sha !== null) return peel(directory, sha)
  }
  return /^[0-9a-f]{4,40}$/.test(name) ? peel(directory, name) : null
}

/** The kind of an object; null if there is none. */
export async function typeOfObject(directory: string, sha: string): Promise<Ref['type'] | null> {
  if (!/^[0-9a-f]{4,40}$/.test(sha)) return null
  const { exitCode, stdout } = await runGit(directory, ['cat-file', '-t', sha], { answers: [1, 128] })
  return exitCode === 0 ? (stdout.toString().trim() as Ref['type']) : null
}

async function peel(directory: string, sha: string): Promise<string | null> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${sha}^{commit}`]
  const { exitCode, stdout } = await runGit(directory, args, { answers: [1, 128] })
  return exitCode === 0 ? stdout.toString().trim() : null
}
