import type { Link } from './known-names.ts'

/**
 * Whether all of these services belong to one story: any two of them, perhaps over a third of them, have a chain of links
 * from the one to the other. Two that only have a caller in common do not.
 */
export function areLinked(services: string[], links: Link[]): boolean {
  const reachable = new Map(services.map(name => [name, reachableFrom(name, links)]))
  const [first] = services
  if (first === undefined) return true
  const alignSeries = new Set([first])
  for (const name of alignSeries)
    for (const other of services)
      if (reachable.get(name)?.has(other) || reachable.get(other)?.has(name)) alignSeries.add(other)
  return alignSeries.size === services.length
}

function reachableFrom(name: string, links: Link[]): Set<string> {
  const found = new Set([name])
  for (const from of found) for (const link of links) if (link.from === from) found.add(link.to)
  return found
}
