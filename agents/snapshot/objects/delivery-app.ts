import { formatRepository, parseGitAddress } from '@goalixa/tools/forge/parse-git-address'
import { booleanAt, fieldAt, listAt, numberAt, recordAt, stringAt } from './json-path.ts'

/** An application of the deploy system, as `delivery_get_app` returns it. */
export type App = {
  evidence: string
  name: string
  project: string | null
  namespace: string | null
  /** The cluster that it deploys to, as the deploy system calls it; null where that is not known. */
  cluster: string | null
  /** With its host, as the tools of a forge take it; null where it is no Git repository that clients can reach. */
  repo: string | null
  /** Its folder without slashes at the ends; null: the whole repository. */
  path: string | null
  branch: string | null
  syncStatus: string | null
  revision: string | null
  health: string | null
  /** null: manual sync. */
  automated: { prune: boolean; selfHeal: boolean; allowEmpty?: boolean } | null
  /** Whether the answer said anything about auto-sync. */
  knowsAutomation: boolean
  operation: {
    phase: string
    message: string
    revision: string | null
    startedAt: string | null
    finishedAt: string | null
    /** How often it has failed and was begun again. */
    retries: number
  } | null
  /** Whether the deploy system has to be waited for; undefined where it does not say. */
  isOperating?: boolean
  resources: {
    kind: string
    namespace: string | null
    name: string
    status: string | null
    health: string | null
  }[]
  parent: string | null
  hasHooks: boolean
}

/** Whether an operation was running when the application was read; the retries of a failed automatic sync do not count. */
export function isOperating({ operation, isOperating }: App): boolean {
  return isOperating ?? (operation?.phase === 'Running' || operation?.phase === 'Terminating')
}

/** The name of an application without the namespace that it lives in. */
export function ownName({ name }: Pick<App, 'name'>): string {
  return name.split('/').at(-1) ?? name
}

/** An answer as an application; null if it has no name. */
export function appOf(evidence: string, value: unknown): App | null {
  const name = stringAt(value, 'name')
  if (name === null) return null
  const automated = fieldAt(value, 'automated')
  const operation = fieldAt(value, 'operation')
  return {
    evidence,
    name,
    project: stringAt(value, 'project'),
    namespace: stringAt(value, 'namespace'),
    cluster: stringAt(value, 'cluster'),
    repo: repoOf(stringAt(value, 'repoUrl')),
    path: folderOf(stringAt(value, 'path')),
    branch: stringAt(value, 'targetRevision'),
    syncStatus: stringAt(value, 'syncStatus'),
    revision: stringAt(value, 'revision'),
    health: healthOf(value),
    automated:
      typeof automated === 'object' && automated !== null
        ? {
            prune: booleanAt(automated, 'prune') === true,
            selfHeal: booleanAt(automated, 'selfHeal') === true,
            ...(booleanAt(automated, 'allowEmpty') === true ? { allowEmpty: true } : {}),
          }
        : null,
    knowsAutomation: automated !== undefined,
    operation:
      typeof operation === 'object' && operation !== null
        ? {
            phase: stringAt(operation, 'phase') ?? '',
            message: stringAt(operation, 'message') ?? '',
            revision: stringAt(operation, 'revision'),
            startedAt: stringAt(operation, 'startedAt'),
            finishedAt: stringAt(operation, 'finishedAt'),
            retries: numberAt(operation, 'retries') ?? 0,
          }
        : null,
    isOperating: booleanAt(value, 'isOperating') ?? undefined,
    resources: listAt(value, 'resources').map(resource => ({
      kind: stringAt(resource, 'kind') ?? '',
      namespace: stringAt(resource, 'namespace'),
      name: stringAt(resource, 'name') ?? '',
      status: stringAt(resource, 'status'),
      health: stringAt(resource, 'health'),
    })),
    parent: stringAt(value, 'parent') ?? stringAt(recordAt(value, 'parent'), 'name'),
    hasHooks: booleanAt(value, 'hasHooks') === true,
  }
}

function repoOf(url: string | null): string | null {
  const address = url === null ? null : parseGitAddress(url)
  return address && formatRepository(address)
}

function folderOf(path: string | null): string | null {
  const folder = path?.replace(/^(?:\.?\/)+|\/+$/g, '') ?? ''
  return folder === '' || folder === '.' ? null : folder
}

function healthOf(value: unknown): string | null {
  return stringAt(value, 'health') ?? stringAt(value, 'health.status')
}
