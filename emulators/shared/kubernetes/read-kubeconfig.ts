import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

/** The address of an API server and the credentials for it. */
export type ClusterAccess = {
  server: string
  headers: Record<string, string>
  tls: { ca?: Buffer; cert?: Buffer; key?: Buffer; rejectUnauthorized?: boolean }
}

/**
 * Reads the current context of a kubeconfig file: token, basic or client certificate. Throws an Error that names the
 * missing field. Exec and cloud plugins are deliberately absent: loading the full client costs 80 MB in each process.
 */
export function readKubeconfig(path: string): ClusterAccess {
  const parsed = Kubeconfig.safeParse(parse(readFileSync(path, 'utf8')))
  if (!parsed.success) throw new Error(`Invalid kubeconfig ${path}:\n${z.prettifyError(parsed.error)}`)
  const config = parsed.data
  const context = named(config.contexts, config['current-context'], 'contexts', path).context
  const cluster = named(config.clusters, context.cluster, 'clusters', path).cluster
  const user = context.user ? named(config.users, context.user, 'users', path).user : {}
  const bytes = (data?: string, file?: string) => {
    if (data) return Buffer.from(data, 'base64')
    return file ? readFileSync(resolve(dirname(path), file)) : undefined
  }
  const token =
    user.token ?? (user.tokenFile ? bytes(undefined, user.tokenFile)?.toString().trim() : undefined)
  return {
    server: cluster.server.replace(/\/$/, ''),
    headers: token ? { authorization: `Bearer ${token}` } : {},
    tls: {
      ca: bytes(cluster['certificate-authority-data'], cluster['certificate-authority']),
      cert: bytes(user['client-certificate-data'], user['client-certificate']),
      key: bytes(user['client-key-data'], user['client-key']),
      rejectUnauthorized: !cluster['insecure-skip-tls-verify'],
    },
  }
}

const User = z.looseObject({
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  'client-certificate-data': z.string().optional(),
  'client-certificate': z.string().optional(),
  'client-key-data': z.string().optional(),
  'client-key': z.string().optional(),
})
const Cluster = z.looseObject({
  server: z.url(),
  'certificate-authority-data': z.string().optional(),
  'certificate-authority': z.string().optional(),
  'insecure-skip-tls-verify': z.boolean().optional(),
})
const Kubeconfig = z.looseObject({
  'current-context': z.string(),
  contexts: z.array(
    z.looseObject({
      name: z.string(),
      context: z.looseObject({ cluster: z.string(), user: z.string().optional() }),
    }),
  ),
  clusters: z.array(z.looseObject({ name: z.string(), cluster: Cluster })),
  users: z.array(z.looseObject({ name: z.string(), user: User })).default([]),
})

function named<T extends { name: string }>(entries: T[], name: string, field: string, path: string): T {
  const found = entries.find(entry => entry.name === name)
  if (!found) throw new Error(`Invalid kubeconfig ${path}: ${field} has no entry named ${name}`)
  return found
}
