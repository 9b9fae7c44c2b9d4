import { SERVED } from '../kinds.ts'
import type { ResourceKind } from '../meta/resource-kind.ts'
import { json, type Reply } from './reply.ts'

type Entry = {
  name: string
  singularName: string
  namespaced: boolean
  kind: string
  verbs: string[]
  shortNames?: string[]
  categories?: string[]
  group?: string
  version?: string
}

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const UPDATE = ['get', 'patch', 'update']

// Resources that are computed on request, not stored.
const COMPUTED: Record<string, Entry[]> = {
  'authorization.k8s.io/v1': [
    computedResource('selfsubjectaccessreviews', 'SelfSubjectAccessReview'),
    computedResource('selfsubjectrulesreviews', 'SelfSubjectRulesReview'),
  ],
  'authentication.k8s.io/v1': [computedResource('selfsubjectreviews', 'SelfSubjectReview')],
  'metrics.k8s.io/v1beta1': [
    { name: 'nodes', singularName: '', namespaced: false, kind: 'NodeMetrics', verbs: ['get', 'list'] },
    { name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] },
  ],
}

/**
 * Returns discovery documents: the version of the server, the API groups, and the resources of each. `undefined` for
 * other paths.
 */
export function discover(path: string, accept: string): Reply | undefined {
  const aggregated = /as=APIGroupDiscoveryList/.test(accept)
  if (path === '/version') return json(200, VERSION)
  if (path === '/api')
    return aggregated ? aggregatedList(['']) : json(200, { kind: 'APIVersions', versions: ['v1'] })
  if (path === '/apis')
    return aggregated
      ? aggregatedList(groupNames())
      : json(200, { kind: 'APIGroupList', apiVersion: 'v1', groups: groupNames().map(groupOf) })
  const match = /^\/apis?\/(.+)$/.exec(path)
  if (!match?.[1]) return undefined
  const name = match[1]
  if (path === '/api/v1' || (path.startsWith('/apis/') && groupVersions().includes(name)))
    return json(200, {
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion: name,
      resources: resourcesOf(name),
    })
  return path.startsWith('/apis/') && groupNames().includes(name)
    ? json(200, { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(name) })
    : undefined
}

const VERSION = {
  major: '1',
  minor: '32',
  gitVersion: 'v1.32.0+sandbox',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '2025-01-01T00:00:00Z',
  goVersion: 'go1.23.3',
  compiler: 'gc',
  platform: 'linux/amd64',
}

/** Returns every `group/version` except the core group's. */
export function groupVersions(): string[] {
  const kept = SERVED.filter(kind => kind.group !== '').map(kind => `${kind.group}/${kind.version}`)
  return [...new Set([...kept, ...Object.keys(COMPUTED)])]
}

function groupNames(): string[] {
  return [...new Set(groupVersions().map(version => version.split('/')[0] ?? ''))]
}

// The storage version of a kind comes before its other versions, so it is the preferred one.
function versionsOf(group: string): string[] {
  return group === '' ? ['v1'] : groupVersions().filter(version => version.startsWith(`${group}/`))
}

function groupOf(name: string) {
  const versions = versionsOf(name).map(groupVersion => ({
    groupVersion,
    version: groupVersion.split('/')[1] ?? '',
  }))
  return { name, versions, preferredVersion: versions[0] }
}

function kindsOf(groupVersion: string): ResourceKind[] {
  return SERVED.filter(
    kind => (kind.group === '' ? kind.version : `${kind.group}/${kind.version}`) === groupVersion,
  )
}

function resourcesOf(groupVersion: string): Entry[] {
  return [...kindsOf(groupVersion).flatMap(entriesOf), ...(COMPUTED[groupVersion] ?? [])]
}

function entriesOf(kind: ResourceKind): Entry[] {
  const { plural, singular, shortNames, categories, isNamespaced, subresources = [] } = kind
  const part = (name: string, of: string, verbs: string[], group?: string, version?: string): Entry => ({
    name: `${plural}/${name}`,
    singularName: '',
    namespaced: isNamespaced,
    kind: of,
    verbs,
    ...(group === undefined ? {} : { group, version }),
  })
  return [
    {
      name: plural,
      singularName: singular,
      namespaced: isNamespaced,
      kind: kind.kind,
      verbs: VERBS,
      shortNames,
      categories,
    },
    ...(subresources.includes('status') ? [part('status', kind.kind, UPDATE)] : []),
    ...(subresources.includes('scale') ? [part('scale', 'Scale', UPDATE, 'autoscaling', 'v1')] : []),
    ...(kind.kind === 'Pod'
      ? [
          part('binding', 'Binding', ['create']),
          part('eviction', 'Eviction', ['create'], 'policy', 'v1'),
          part('log', 'Pod', ['get']),
        ]
      : []),
  ]
}

function aggregatedList(groups: string[]): Reply {
  const items = groups.map(group => ({
    metadata: { name: group, creationTimestamp: null },
    versions: versionsOf(group).map(groupVersion => {
      const version = groupVersion.split('/').at(-1) ?? ''
      return { version, freshness: 'Current', resources: aggregatedResources(groupVersion, group, version) }
    }),
  }))
  const body = JSON.stringify({
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items,
  })
  return {
    code: 200,
    body,
    contentType: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  }
}

function aggregatedResources(groupVersion: string, group: string, version: string) {
  const entries = resourcesOf(groupVersion)
  return entries
    .filter(({ name }) => !name.includes('/'))
    .map(entry => ({
      resource: entry.name,
      responseKind: { group, version, kind: entry.kind },
      scope: entry.namespaced ? 'Namespaced' : 'Cluster',
      singularResource: entry.singularName,
      verbs: entry.verbs,
      shortNames: entry.shortNames,
      categories: entry.categories,
      subresources: entries
        .filter(({ name }) => name.startsWith(`${entry.name}/`))
        .map(part => ({
          subresource: part.name.slice(entry.name.length + 1),
          responseKind: { group: part.group ?? group, version: part.version ?? version, kind: part.kind },
          verbs: part.verbs,
        })),
    }))
}

function computedResource(name: string, kind: string): Entry {
  return { name, singularName: '', namespaced: false, kind, verbs: ['create'] }
}
