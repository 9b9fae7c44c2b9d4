import type { Link } from './collect-names.ts'

/**
 * Whether these services are connected: links lead from one to another, if need be by way of a third of them. Two services
 * that only share a caller are not connected.
 */
export function areLinked(services: string[], links: Link[]): boolean {
  const reachable = new Map(services.map(name => [name, reachableFrom(name, links)]))
  const [first] = services
  if (first === undefined) return true
  const connected = new Set([first])
  for (const name of connected)
    for (const other of services)
      if (reachable.get(name)?.has(other) || reachable.get(other)?.has(name)) connected.add(other)
  return connected.size === services.length
}

function reachableFrom(name: string, links: Link[]): Set<string> {
  const found = new Set([name])
  for (const from of found) for (const link of links) if (link.from === from) found.add(link.to)
  return found
}
