import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createLock } from '@goalixa/emulators-shared/git/create-lock'
import { gitText } from '@goalixa/emulators-shared/git/run-git'
import { writeFileAtomically } from '@goalixa/emulators-shared/git/write-file-atomically'
import { newRepositoryState, type RepositoryState } from './repository-state.ts'

/** A repository as the routes use it: its bare Git directory, and the state that Git does not hold. */
export type Repository = { readonly directory: string; readonly state: RepositoryState }

/** An event for the webhooks, emitted once the change is on disk. */
export type GithubEvent = { event: string; action: string | null; payload: Record<string, unknown> }
export type Emit = (event: GithubEvent) => void

type NewRepository = Pick<RepositoryState, 'owner' | 'name' | 'isPrivate' | 'description'>

/** Stores the repositories in a folder: `<owner>/<name>.git` beside `<owner>/<name>.json`. */
export async function createStore({
  dataDir,
  now,
  onEvents,
}: {
  dataDir: string
  now: () => Date
  onEvents: (repository: Repository, events: GithubEvent[]) => void
}) {
  const repositories = await loadAll(dataDir)
  const locks = new Map<string, ReturnType<typeof createLock>>()
  const creation = createLock()

  function lockOf(repository: Repository) {
    const lock = locks.get(repository.directory) ?? createLock()
    locks.set(repository.directory, lock)
    return lock
  }

  return {
    find: (owner: string, name: string): Repository | undefined => repositories.get(keyOf(owner, name)),
    list: (owner: string): Repository[] =>
      [...repositories.values()].filter(({ state }) => state.owner === owner),

    /** Creates an empty repository; undefined if the name is already in use. */
    create: (about: NewRepository): Promise<Repository | undefined> =>
      creation(async () => {
        if (repositories.has(keyOf(about.owner, about.name))) return undefined
        const directory = join(dataDir, about.owner, `${about.name}.git`)
        const state = newRepositoryState({
          ...about,
          id: repositories.size + 1,
          createdAt: now().toISOString(),
        })
        await initialise(directory)
        await writeFileAtomically(stateFileOf(directory), JSON.stringify(state))
        const repository = { directory, state }
        repositories.set(keyOf(about.owner, about.name), repository)
        return repository
      }),

    /**
     * Runs one writer at a time on a draft of the state. Draft and events are dropped if the task throws; events are
     * emitted only after the draft is on disk.
     */
    change: <T>(
      repository: Repository,
      task: (draft: RepositoryState, emit: Emit) => Promise<T> | T,
    ): Promise<T> =>
      lockOf(repository)(async () => {
        const current = repositories.get(keyOf(repository.state.owner, repository.state.name)) ?? repository
        const draft = structuredClone(current.state)
        const events: GithubEvent[] = []
        const result = await task(draft, event => events.push(event))
        await writeFileAtomically(stateFileOf(repository.directory), JSON.stringify(draft))
        const changed = { directory: repository.directory, state: draft }
        repositories.set(keyOf(draft.owner, draft.name), changed)
        if (events.length > 0) onEvents(changed, events)
        return result
      }),

    remove: (repository: Repository): Promise<void> =>
      lockOf(repository)(async () => {
        repositories.delete(keyOf(repository.state.owner, repository.state.name))
        await rm(stateFileOf(repository.directory), { force: true })
        await rm(repository.directory, { recursive: true, force: true })
      }),
  }
}
export type Store = Awaited<ReturnType<typeof createStore>>

async function loadAll(dataDir: string): Promise<Map<string, Repository>> {
  await mkdir(dataDir, { recursive: true })
  const owners = (await readdir(dataDir, { withFileTypes: true })).filter(entry => entry.isDirectory())
  const listed = await Promise.all(
    owners.map(async ({ name }) => (await readdir(join(dataDir, name))).map(file => `${name}/${file}`)),
  )
  const stateFiles = listed.flat().filter(file => file.endsWith('.json'))
  const loaded = await Promise.all(
    stateFiles.map(async file => {
      const stored = JSON.parse(await readFile(join(dataDir, file), 'utf8')) as RepositoryState
      const state = { ...newRepositoryState(stored), ...stored }
      const directory = join(dataDir, file.replace(/\.json$/, '.git'))
      return [keyOf(state.owner, state.name), { directory, state }] as const
    }),
  )
  return new Map(loaded)
}

async function initialise(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  await gitText(directory, ['init', '--quiet', '--bare', '--initial-branch=main', '.'])
  // Objects created through the API are unreachable until a ref points to them: garbage collection must not delete
  // them.
  await gitText(directory, ['config', 'gc.auto', '0'])
  await gitText(directory, ['config', 'receive.autogc', 'false'])
  await gitText(directory, ['config', 'http.receivepack', 'true'])
  await gitText(directory, ['config', 'uploadpack.allowAnySHA1InWant', 'true'])
}

function stateFileOf(directory: string): string {
  return directory.replace(/\.git$/, '.json')
}

function keyOf(owner: string, name: string): string {
  return `${owner}/${name}`.toLowerCase()
}
