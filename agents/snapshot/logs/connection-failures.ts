import { scaled, secondsOf } from '../clock.ts'
import type { SnapshotView } from '../index-snapshot.ts'
import { listAt, numberAt, recordAt } from '../objects/json-path.ts'
import type { Named } from '../objects/service-names.ts'
import type { Snapshot } from '../snapshot.ts'
import { isExternalHost, isServiceHost, isTelemetry, parseRequestedHost } from './external-host.ts'
import { extractLogMessage } from './find-error-line.ts'

export type ConnectionFailure = {
  /** The target refuses, does not answer, has a name that does not resolve, or an expired certificate. */
  how: 'refused' | 'unreachable' | 'unresolved' | 'expired'
  /** The target as the engine names it, and the Service by which it was called. */
  target: Named | null
  line: string
  evidence: string
  pod: string
  at: string | null
  /** Whether the line quotes an answer of the target, which therefore runs. */
  isAnsweredByTarget: boolean
  /** Whether all its connections are taken. */
  isExhausted: boolean
  /** The host as the line names it, if it is outside the cluster or resolves to nothing in it. */
  unknownHost: string | null
}

const EXHAUSTED = /too many (?:connections|clients)|connection slots|connection limit/i
const TARGET_ANSWERS =
  /too many (?:connections|clients)|remaining connection slots|connection limit|terminating connection due to administrator|the database system is (?:starting up|shutting down)|no pg_hba\.conf entry|password authentication failed/i

/** `host:port`, `host", port`, and a quoted host before its address: how clients name their target. */
const HOST = /\b([a-z](?:[\w.-]{0,251}\w)?)(?::\d{2,5}\b|"(?:, port|,? \())/gi

const REFUSED = new RegExp(`ECONNREFUSED|connection refused|${TARGET_ANSWERS.source}`, 'i')

/** The most specific first. A name server that does not answer shows nothing about the name. */
const PATTERNS: [how: ConnectionFailure['how'], pattern: RegExp][] = [
  ['expired', /certificate (?:has |is )?expired|CERT_HAS_EXPIRED/i],
  [
    'unresolved',
    /\bENOTFOUND\b|no such host|Name or service not known|could not translate host name|nodename nor servname|Name does not resolve|unknown host/i,
  ],
  ['refused', REFUSED],
  [
    'unreachable',
    /^(?!.*\blookup\b).*(?:ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|no route to host|network is unreachable|i\/o timeout|connection timed out|connect(?:ion)? ?timeout|Client\.Timeout|context deadline exceeded)/i,
  ],
]

/** Logs are long and several analysers look at them, so each view is searched once. */
const FOUND = new WeakMap<SnapshotView, ConnectionFailure[]>()

/** Log lines about connections that fail, each with its target, where the line names one that is known. */
export function connectionFailuresOf(view: SnapshotView): ConnectionFailure[] {
  const known = FOUND.get(view) ?? findConnectionFailures(view)
  FOUND.set(view, known)
  return known
}

function findConnectionFailures(view: SnapshotView): ConnectionFailure[] {
  return view.snapshot.logs.flatMap(log => {
    const found = new Map<string, ConnectionFailure>()
    const standing = new Set<string>()
    // The first line of a truncated log is when the log begins, and not the onset.
    const reachesBack = (secondsOf(log.lines[0]?.at) ?? view.at) < view.since - view.toleranceSeconds
    for (const { text, at } of log.lines) {
      const how = PATTERNS.find(([, pattern]) => pattern.test(text))?.[0]
      if (how === undefined) continue
      const known = targetOf(view, text, how)
      const unknownHost = known === null ? unknownHostOf(view, text, how) : null
      const target = known ?? (unknownHost === null ? null : { service: unknownHost, through: null })
      const key = `${how} ${target?.service} ${target?.through}`
      if (!isRecent(view, at)) {
        // An unknown host may be unreachable for months without harm.
        if (unknownHost !== null) standing.add(key)
        continue
      }
      // Of equal lines the first one, which is the oldest, stands for all.
      if (found.has(key) || standing.has(key)) continue
      found.set(key, {
        how,
        target,
        unknownHost,
        line: how === 'refused' ? messageWithRefusal(text) : extractLogMessage(text),
        evidence: log.evidence,
        pod: log.pod,
        at: reachesBack ? at : null,
        isAnsweredByTarget: TARGET_ANSWERS.test(text),
        isExhausted: EXHAUSTED.test(text),
      })
    }
    return [...found.values()]
  })
}

/** The message of a line, and the refusal itself where the message only wraps it. */
function messageWithRefusal(text: string): string {
  const message = extractLogMessage(text)
  if (REFUSED.test(message)) return message
  const at = REFUSED.exec(text)?.index ?? 0
  const start = Math.max(text.lastIndexOf('"', at), text.lastIndexOf(':', at)) + 1
  return `${message} (${text
    .slice(start, at + 80)
    .split(/\\n|\\?"/)[0]
    ?.trim()})`
}

/** A host that belongs to no Service: outside the cluster, or a name that should exist in it and does not. */
function unknownHostOf(view: SnapshotView, text: string, how: ConnectionFailure['how']): string | null {
  const host = parseRequestedHost(text)
  if (host === null || isTelemetry(text)) return null
  if (isExternalHost(view, host)) return host
  const isMissingService = how === 'unresolved' && isServiceHost(view, host) && view.knowsAll('Service')
  return isMissingService ? host : null
}

function isRecent(view: SnapshotView, at: Snapshot['logs'][number]['lines'][number]['at']): boolean {
  const seconds = secondsOf(at)
  return seconds === null || seconds >= view.since - scaled(view.scope, 600, 45)
}

function targetOf(view: SnapshotView, text: string, how: ConnectionFailure['how']): Named | null {
  if (how === 'unresolved') return view.names.ofHost(parseRequestedHost(text) ?? '.')
  const address = text.match(/\b\d{1,3}(?:\.\d{1,3}){3}:\d{2,5}\b/)?.[0]
  const found = address === undefined ? null : view.names.ofAddress(address)
  if (found !== null) return found
  for (const [, host = ''] of text.matchAll(HOST)) {
    const found = view.names.ofHost(host)
    if (found !== null) return found
  }
  // PostgreSQL's messages name no address: where a single Service has its port, preferably one without pods, it is the target.
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
