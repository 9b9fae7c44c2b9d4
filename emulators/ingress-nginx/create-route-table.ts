import type { Ingress } from '@goalixa/emulators-shared/kubernetes/objects'

/** The backend of a path of a host. */
export type Route = {
  namespace: string
  ingress: string
  host: string
  /** The path as written in the rule; a metric label. */
  path: string
  service: string
  port: string | number
  readTimeoutMs: number
  /** The new path, if the rule rewrites it. */
  rewrite?: (path: string) => string
}

/**
 * Finds the route of a request as ingress-nginx does: by exact host, then by wildcard, then rules without a host;
 * within a host, exact paths first, then the longest. Honours the annotations `use-regex`, `rewrite-target` and
 * `proxy-read-timeout`. Source: https://kubernetes.github.io/ingress-nginx/user-guide/ingress-path-matching/
 */
export function createRouteTable(ingresses: Ingress[]) {
  const byHost = Map.groupBy(ingresses.filter(isOurs).flatMap(rulesOf), rule => rule.route.host)
  for (const rules of byHost.values()) rules.sort(byPrecedence)
  return {
    find(host: string, path: string): Route | undefined {
      for (const candidate of [host, host.replace(/^[^.]+/, '*'), '']) {
        const found = byHost.get(candidate)?.find(rule => rule.matches(path))
        if (found) return found.route
      }
      return undefined
    },
  }
}

type Rule = { route: Route; isExact: boolean; matches: (path: string) => boolean }

function isOurs({ metadata, spec }: Ingress): boolean {
  const className = spec?.ingressClassName ?? metadata.annotations?.['kubernetes.io/ingress.class']
  return className === undefined || className === 'nginx'
}

function rulesOf({ metadata, spec }: Ingress): Rule[] {
  const annotation = (name: string) => metadata.annotations?.[`nginx.ingress.kubernetes.io/${name}`]
  const target = annotation('rewrite-target')
  const isRegex = annotation('use-regex') === 'true' || target !== undefined
  const common = {
    namespace: metadata.namespace,
    ingress: metadata.name,
    readTimeoutMs: Number(annotation('proxy-read-timeout') ?? 60) * 1_000,
  }
  const fallback = spec?.defaultBackend
    ? [{ host: '', path: '/', pathType: 'Prefix', backend: spec.defaultBackend }]
    : []
  const paths = (spec?.rules ?? []).flatMap(({ host = '', http }) =>
    (http?.paths ?? []).map(path => ({ host, ...path })),
  )
  return [...paths, ...fallback].flatMap(({ host, path = '/', pathType, backend }) => {
    if (!backend.service) return []
    const pattern = isRegex && pathType !== 'Exact' ? safeRegExp(`^${path}`) : undefined
    const route: Route = {
      ...common,
      host,
      path,
      service: backend.service.name,
      port: backend.service.port?.name ?? backend.service.port?.number ?? 0,
      ...(target === undefined ? {} : { rewrite: asked => rewritten(asked, pattern, target) }),
    }
    const matches = pattern ? (asked: string) => pattern.test(asked) : plainMatch(path, pathType)
    return [{ route, isExact: pathType === 'Exact', matches }]
  })
}

function plainMatch(path: string, pathType: string): (asked: string) => boolean {
  if (pathType === 'Exact') return asked => asked === path
  const folder = path.endsWith('/') ? path : `${path}/`
  return asked => asked === path || asked.startsWith(folder)
}

// An invalid pattern matches nothing: one bad Ingress must not bring down the edge.
function safeRegExp(source: string): RegExp {
  try {
    return new RegExp(source, 'i')
  } catch {
    return /^\b$/
  }
}

function rewritten(asked: string, pattern: RegExp | undefined, target: string): string {
  const groups = pattern?.exec(asked) ?? []
  const path = target.replace(/\$(\d)/g, (_written, index: string) => groups[Number(index)] ?? '')
  return path.startsWith('/') ? path : `/${path}`
}

function byPrecedence(a: Rule, b: Rule): number {
  return Number(b.isExact) - Number(a.isExact) || b.route.path.length - a.route.path.length
}
