import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createLock } from '@goalixa/emulators-shared/git/create-lock'
import { writeFileAtomically } from '@goalixa/emulators-shared/git/write-file-atomically'
import type { Project } from './project.ts'

/** Stores the projects in one JSON file. The project `default` always exists and allows everything. */
export async function createProjectStore({ file, now }: { file: string; now: () => Date }) {
  const projects = new Map((await load(file)).map(project => [project.metadata.name, project]))
  const writing = createLock()
  if (!projects.has('default')) projects.set('default', newProject('default', ALLOW_ALL))

  function newProject(name: string, spec: Project['spec']): Project {
    const metadata = { name, namespace: 'argocd', uid: randomUUID(), creationTimestamp: now().toISOString() }
    return { metadata, spec }
  }
  const keep = () => writing(() => writeFileAtomically(file, JSON.stringify([...projects.values()])))

  return {
    get: (name: string) => projects.get(name),
    list: () => [...projects.values()],
    /** Creates the project or replaces its spec; resolves when it is on disk. */
    async put(name: string, spec: Project['spec']): Promise<Project> {
      const known = projects.get(name)
      const project = known ? { ...known, spec } : newProject(name, spec)
      projects.set(name, project)
      await keep()
      return project
    },
    async remove(name: string): Promise<void> {
      projects.delete(name)
      await keep()
    },
  }
}
export type ProjectStore = Awaited<ReturnType<typeof createProjectStore>>

const ALLOW_ALL = { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] }

async function load(file: string): Promise<Project[]> {
  const text = await readFile(file, 'utf8').catch(() => '[]')
  return JSON.parse(text) as Project[]
}
