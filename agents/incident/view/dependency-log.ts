import type { Snapshot } from '../snapshot.ts'
import { scaled, secondsOf } from './clock.ts'
import { readable } from './decisive-line.ts'
import { listAt, numberAt, recordAt, textAt, textsAt } from './fields.ts'
import type { View } from './view.ts'

export type Refusal = {
  target: string | null
  line: string
  evidence: string
  pod: string
  at: string | null
}

const REFUSED =
  /ECONNREFUSED|connection refused|too many (?:connections|clients)|remaining connection slots|connection limit|terminating connection due to administrator|the database system is (?:starting up|shutting down)|no pg_hba\.conf entry|password authentication failed/i

/** Log lines in which a process says that something outside refuses it, and which Service that is, where it can be told. */
export function refusalsOf(view: View): Refusal[] {
  return view.snapshot.logs.flatMap(log =>
    log.lines
      .filter(line => REFUSED.test(line.text) && isRecent(view, line.at))
      .map(line => ({
        target: targetOf(view, line.text),
        line: wordsOf(line.text),
        evidence: log.evidence,
        pod: log.pod,
        at: line.at,
      })),
  )
}

/** A service often wraps the refusal in words of its own; then the refusal itself is told too. */
function wordsOf(text: string): string {
  const words = readable(text)
  if (REFUSED.test(words)) return words
  const at = REFUSED.exec(text)?.index ?? 0
  const start = Math.max(text.lastIndexOf('"', at), text.lastIndexOf(':', at)) + 1
  return `${words} (${text
    .slice(start, at + 80)
    .split(/\\n|\\?"/)[0]
    ?.trim()})`
}

function isRecent(view: View, at: Snapshot['logs'][number]['lines'][number]['at']): boolean {
  const seconds = secondsOf(at)
  return seconds === null || seconds >= view.since - scaled(view.about, 600, 45)
}

function targetOf(view: View, text: string): string | null {
  const address =
    text.match(/(\d{1,3}(?:\.\d{1,3}){3}):(\d{2,5})/) ?? text.match(/()\b([\w.-]{1,253}):(\d{2,5})\b/)
  const services = view.objectsOf('Service').map(one => one.object)
  const host = address?.[1] === '' ? address[2]?.split('.')[0] : address?.[1]
  const port = address?.[1] === '' ? address[3] : address?.[2]
  const found = services.find(service => {
    const name = service.metadata.name
    const endpoints = view.objectNamed('Endpoints', name)?.object
    const addresses = listAt(endpoints, 'subsets').flatMap(one =>
      listAt(one, 'addresses').map(each => textAt(each, 'ip')),
    )
    const isAddress = textAt(service, 'spec.clusterIP') === host || addresses.includes(host ?? '')
    return name === host || (isAddress && host !== undefined && hasPort(service, endpoints, port))
  })
  if (found !== undefined) return found.metadata.name
  // PostgreSQL's own words name no address; a single selectorless Service of that port can only be it.
  if (!/postgres|database|pg_|connection slots|too many (?:connections|clients)|role "/i.test(text))
    return null
  const outside = services.filter(
    one => Object.keys(textsAt(one, 'spec.selector')).length === 0 && hasPort(one, undefined, '5432'),
  )
  return outside.length === 1 ? (outside[0]?.metadata.name ?? null) : null
}

function hasPort(service: unknown, endpoints: unknown, port: string | undefined): boolean {
  const ports = [
    ...listAt(service, 'spec.ports').map(one => numberAt(one, 'port')),
    ...listAt(endpoints, 'subsets').flatMap(one => listAt(one, 'ports').map(each => numberAt(each, 'port'))),
  ]
  return Object.keys(recordAt(service, 'spec')).length > 0 && ports.includes(Number(port))
}
