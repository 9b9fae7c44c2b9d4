/** The parts of a reference; `name` is the full name as the container runtime writes it. */
export type ImageReference = { registry: string; repository: string; tag: string; name: string }

/**
 * Parses an image reference; the registry defaults to docker.io, the tag to `latest`. Undefined if it is malformed.
 * Digests are ignored: the local registry knows only tags. Source: the grammar of
 * https://pkg.go.dev/github.com/distribution/reference.
 */
export function parseImageReference(reference: string): ImageReference | undefined {
  const match = GRAMMAR.exec(reference)
  const path = match?.groups?.path
  if (path === undefined) return undefined
  const [first = '', ...rest] = path.split('/')
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')
  const registry = hasRegistry ? first : 'docker.io'
  const bare = hasRegistry ? rest.join('/') : path
  if (!REPOSITORY.test(bare)) return undefined
  const repository = hasRegistry || bare.includes('/') ? bare : `library/${bare}`
  const tag = match?.groups?.tag ?? 'latest'
  return { registry, repository, tag, name: `${registry}/${repository}:${tag}` }
}

const GRAMMAR =
  /^(?<path>(?:[A-Za-z0-9.-]+(?::[0-9]+)?\/)?[^:@]+)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>[a-z0-9]+:[0-9a-f]{32,}))?$/
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+|\/)[a-z0-9]+)*$/
