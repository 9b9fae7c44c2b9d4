import { scaled, secondsOf } from '../clock.ts'
import type { SnapshotView } from '../index-snapshot.ts'
import { listAt, numberAt, recordAt } from '../objects/json-path.ts'
import type { Named } from '../objects/service-names.ts'
import type { Snapshot } from '../snapshot.ts'
import { isExternalHost, isOwnName, isTelemetry, requestedHost } from './external-host.ts'
import { readable } from './find-error-line.ts'

export type ConnectionFailure = {
  /** Whether it says no, does not answer, has no name that is known, or shows a certificate that is over. */
  how: 'refused' | 'unreachable' | 'unnamed' | 'expired'
  /** What refuses, as the engine calls it, and the Service by which it was called. */
  target: Named | null
  line: string
  evidence: string
  pod: string
  at: string | null
  /** Whether these are the words of the one who refuses, so that it runs and answers. */
  isItsOwnWord: boolean
  /** Whether all its connections are taken. */
  isExhausted: boolean
  /** The host as the line calls it, if it is outside of the cluster or if nobody has its name. */
  unknownHost: string | null
}

const EXHAUSTED = /too many (?:connections|clients)|connection slots|connection limit/i
const OWN_WORDS =
  /too many (?:connections|clients)|remaining connection slots|connection limit|terminating connection due to administrator|the database system is (?:starting up|shutting down)|no pg_hba\.conf entry|password authentication failed/i

/** `host:port`, `host", port`, and a host in quotes before its address: how clients tell whom they asked. */
const HOST = /\b([a-z](?:[\w.-]{0,251}\w)?)(?::\d{2,5}\b|"(?:, port|,? \())/gi

const REFUSED = new RegExp(`ECONNREFUSED|connection refused|${OWN_WORDS.source}`, 'i')

/** First what says most of why; a name server that does not answer says nothing about the name. */
const SIGNS: [how: ConnectionFailure['how'], sign: RegExp][] = [
  ['expired', /certificate (?:has |is )?expired|CERT_HAS_EXPIRED/i],
  [
    'unnamed',
    /\bENOTFOUND\b|no such host|Name or service not known|could not translate host name|nodename nor servname|Name does not resolve|unknown host/i,
  ],
  ['refused', REFUSED],
  [
    'unreachable',
    /^(?!.*\blookup\b).*(?:ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|no route to host|network is unreachable|i\/o timeout|connection timed out|connect(?:ion)? ?timeout|Client\.Timeout|context deadline exceeded)/i,
  ],
]

/** Logs are long and several look at them: once a view is enough. */
const READ = new WeakMap<SnapshotView, ConnectionFailure[]>()

/** Log lines in which a process says that something outside refuses it, and which Service that is, where it can be told. */
export function connectionFailuresOf(view: SnapshotView): ConnectionFailure[] {
  const known = READ.get(view) ?? read(view)
  READ.set(view, known)
  return known
}

function read(view: SnapshotView): ConnectionFailure[] {
  return view.snapshot.logs.flatMap(log => {
    const told = new Map<string, ConnectionFailure>()
    const standing = new Set<string>()
    // The first line of a log that was cut says when the reading began, and not when the trouble did.
    const reachesBack = (secondsOf(log.lines[0]?.at) ?? view.at) < view.since - view.toleranceSeconds
    for (const { text, at } of log.lines) {
      const how = SIGNS.find(([, sign]) => sign.test(text))?.[0]
      if (how === undefined) continue
      const found = targetOf(view, text, how)
      const unknownHost = found === null ? unknownHostOf(view, text, how) : null
      const target = found ?? (unknownHost === null ? null : { service: unknownHost, through: null })
      const key = `${how} ${target?.service} ${target?.through}`
      if (!isRecent(view, at)) {
        // Whom nobody here knows may be out of reach for months without harm.
        if (unknownHost !== null) standing.add(key)
        continue
      }
      // One line of a log speaks for all that say the same: the first, which is the oldest.
      if (told.has(key) || standing.has(key)) continue
      told.set(key, {
        how,
        target,
        unknownHost,
        line: how === 'refused' ? wordsOf(text) : readable(text),
        evidence: log.evidence,
        pod: log.pod,
        at: reachesBack ? at : null,
        isItsOwnWord: OWN_WORDS.test(text),
        isExhausted: EXHAUSTED.test(text),
      })
    }
    return [...told.values()]
  })
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

/** A host that no Service stands for: outside of the cluster, or a name that should be here and is not. */
function unknownHostOf(view: SnapshotView, text: string, how: ConnectionFailure['how']): string | null {
  const host = requestedHost(text)
  if (host === null || isTelemetry(text)) return null
  if (isExternalHost(view, host)) return host
  const isKubernetesName = how === 'unnamed' && isOwnName(view, host) && view.knowsAll('Service')
  return isKubernetesName ? host : null
}

function isRecent(view: SnapshotView, at: Snapshot['logs'][number]['lines'][number]['at']): boolean {
  const seconds = secondsOf(at)
  return seconds === null || seconds >= view.since - scaled(view.scope, 600, 45)
}

function targetOf(view: SnapshotView, text: string, how: ConnectionFailure['how']): Named | null {
  if (how === 'unnamed') return view.names.ofHost(requestedHost(text) ?? '.')
  const address = text.match(/\b\d{1,3}(?:\.\d{1,3}){3}:\d{2,5}\b/)?.[0]
  const found = address === undefined ? null : view.names.ofAddress(address)
  if (found !== null) return found
  for (const [, host = ''] of text.matchAll(HOST)) {
    const found = view.names.ofHost(host)
    if (found !== null) return found
  }
  // PostgreSQL's own words name no address; a single Service of that port, first one without pods, can only be it.
  if (!/postgres|database|pg_|connection slots|too many (?:connections|clients)|role "/i.test(text))
    return null
  const databases = view
    .objectsOf('Service')
    .map(service => service.object)
    .filter(service => listAt(service, 'spec.ports').some(port => numberAt(port, 'port') === 5432))
  const outside = databases.filter(service => Object.keys(recordAt(service, 'spec.selector')).length === 0)
  const [only, ...others] = outside.length > 0 ? outside : databases
  return only === undefined || others.length > 0 ? null : view.names.ofHost(only.metadata.name)
}
