import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createLock } from '@goalixa/emulators-shared/git/create-lock'
import { writeFileAtomically } from '@goalixa/emulators-shared/git/write-file-atomically'
import { type Application, instanceName } from './application.ts'

export type ApplicationEvent = { type: 'ADDED' | 'MODIFIED' | 'DELETED'; application: Application }

/**
 * Stores the applications by their instance names, one JSON file each; listeners are called immediately, and `flush` resolves when all changes
 * are on disk.
 */
export async function createApplicationStore({ folder }: { folder: string }) {
  await mkdir(folder, { recursive: true })
  const applications = new Map((await load(folder)).map(each => [instanceName(each.metadata), each]))
  const listeners = new Set<(event: ApplicationEvent) => void>()
  const writing = createLock()
  const unwritten = new Set<string>()

  function keep(name: string): void {
    if (unwritten.has(name)) return
    unwritten.add(name)
    void writing(async () => {
      unwritten.delete(name)
      const path = join(folder, `${name}.json`)
      const application = applications.get(name)
      if (application) await writeFileAtomically(path, JSON.stringify(application))
      else await rm(path, { force: true })
    })
  }

  function notify(event: ApplicationEvent): void {
    for (const listener of listeners) listener(event)
  }

  return {
    get: (name: string) => applications.get(name),
    list: () => [...applications.values()].toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name)),

    add(application: Application): void {
      const name = instanceName(application.metadata)
      applications.set(name, application)
      keep(name)
      notify({ type: 'ADDED', application })
    },

    /**
     * Applies a change to a copy and stores it; a change without effect is not stored. Undefined if the application
     * does not exist.
     */
    update(name: string, change: (draft: Application) => void): Application | undefined {
      const current = applications.get(name)
      if (!current) return undefined
      const draft = structuredClone(current)
      change(draft)
      if (JSON.stringify(draft) === JSON.stringify(current)) return current
      const hasNewSpec = JSON.stringify(draft.spec) !== JSON.stringify(current.spec)
      draft.metadata.generation += hasNewSpec ? 1 : 0
      draft.metadata.resourceVersion = String(Number(current.metadata.resourceVersion) + 1)
      applications.set(name, draft)
      keep(name)
      notify({ type: 'MODIFIED', application: draft })
      return draft
    },

    remove(name: string): void {
      const application = applications.get(name)
      if (!application) return
      applications.delete(name)
      keep(name)
      notify({ type: 'DELETED', application })
    },

    /** Calls the listener on each change; returns a function that stops. */
    watch(listener: (event: ApplicationEvent) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    /** Resolves once all changes so far are on disk. */
    flush: () => writing(() => {}),
  }
}
export type ApplicationStore = Awaited<ReturnType<typeof createApplicationStore>>

async function load(folder: string): Promise<Application[]> {
  const files = (await readdir(folder)).filter(file => file.endsWith('.json'))
  return Promise.all(
    files.map(async file => JSON.parse(await readFile(join(folder, file), 'utf8')) as Application),
  )
}
