import { dirname, isAbsolute, join } from 'node:path'
import { z } from 'zod'

const Fields = z.looseObject({}).nullish()
const Cluster = z.looseObject({ name: z.string(), cluster: Fields })
const Context = z.looseObject({ name: z.string(), context: Fields })
const User = z.looseObject({ name: z.string(), user: Fields })

/** The fields of a kubeconfig that are merged; the rest of it is preferences of kubectl. */
export const Kubeconfig = z.looseObject({
  'current-context': z.string().nullish(),
  clusters: z.array(Cluster).nullish(),
  contexts: z.array(Context).nullish(),
  users: z.array(User).nullish(),
})
export type Kubeconfig = z.infer<typeof Kubeconfig>

/**
 * Merges kubeconfigs by kubectl's rules: of two entries with one name the first counts, and so does the first `current-context`. Paths in
 * a file are relative to its folder.
 */
export function mergeKubeconfigs(files: { path: string | null; content: Kubeconfig }[]): Kubeconfig {
  const absolute = files.map(({ path, content }) =>
    path === null ? content : absolutePaths(content, dirname(path)),
  )
  return {
    'current-context': absolute.map(file => file['current-context']).find(context => context) ?? '',
    clusters: firstOfEachName(absolute.flatMap(({ clusters }) => clusters ?? [])),
    contexts: firstOfEachName(absolute.flatMap(({ contexts }) => contexts ?? [])),
    users: firstOfEachName(absolute.flatMap(({ users }) => users ?? [])),
  }
}

function firstOfEachName<T extends { name: string }>(entries: T[]): T[] {
  return [...new Map(entries.toReversed().map(entry => [entry.name, entry])).values()].toReversed()
}

function absolutePaths(content: Kubeconfig, folder: string): Kubeconfig {
  return {
    ...content,
    clusters: content.clusters?.map(entry => ({
      ...entry,
      cluster: resolveFields(entry.cluster, folder, ['certificate-authority']),
    })),
    users: content.users?.map(entry => ({
      ...entry,
      user: resolveUser(
        resolveFields(entry.user, folder, ['client-certificate', 'client-key', 'tokenFile']),
        folder,
      ),
    })),
  }
}

type Values = Record<string, unknown>

// A command without a slash is searched for in PATH.
function resolveUser(user: Values, folder: string): Values {
  const { exec } = user
  if (typeof exec !== 'object' || exec === null || !('command' in exec)) return user
  const { command } = exec
  return typeof command === 'string' && command.includes('/')
    ? { ...user, exec: resolveFields(exec, folder, ['command']) }
    : user
}

function resolveFields(given: unknown, folder: string, names: string[]): Values {
  const fields = (given ?? {}) as Values
  const paths = names.flatMap(name => {
    const path = fields[name]
    return typeof path === 'string' && path !== '' && !isAbsolute(path) ? [[name, join(folder, path)]] : []
  })
  return { ...fields, ...Object.fromEntries(paths) }
}
