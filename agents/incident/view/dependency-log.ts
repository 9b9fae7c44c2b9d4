import type { Snapshot } from '../snapshot.ts'
import { scaled, secondsOf } from './clock.ts'
import { readable } from './decisive-line.ts'
import { listAt, numberAt, recordAt } from './fields.ts'
import type { Named } from './service-names.ts'
import type { View } from './view.ts'

export type Refusal = {
  /** What refuses, as the engine calls it, and the Service by which it was called. */
  target: Named | null
  line: string
  evidence: string
  pod: string
  at: string | null
  /** Whether these are the words of the one who refuses, so that it runs and answers. */
  isItsOwnWord: boolean
}

const OWN_WORDS =
  /too many (?:connections|clients)|remaining connection slots|connection limit|terminating connection due to administrator|the database system is (?:starting up|shutting down)|no pg_hba\.conf entry|password authentication failed/i

/** `host:port`, `host", port`, and a host in quotes before its address: how clients tell whom they asked. */
const HOST = /\b([a-z](?:[\w.-]{0,251}\w)?)(?::\d{2,5}\b|"(?:, port|,? \())/gi

const REFUSED = new RegExp(`ECONNREFUSED|connection refused|${OWN_WORDS.source}`, 'i')

/** Logs are long and several look at them: once a view is enough. */
const READ = new WeakMap<View, Refusal[]>()

/** Log lines in which a process says that something outside refuses it, and which Service that is, where it can be told. */
export function refusalsOf(view: View): Refusal[] {
  const known = READ.get(view) ?? read(view)
  READ.set(view, known)
  return known
}

function read(view: View): Refusal[] {
  return view.snapshot.logs.flatMap(log => {
    const told = new Map<string, Refusal>()
    for (const { text, at } of log.lines) {
      if (!REFUSED.test(text) || !isRecent(view, at)) continue
      const target = targetOf(view, text)
      const key = `${target?.service} ${target?.through}`
      // One line of a log speaks for all that say the same: the first, which is the oldest.
      if (told.has(key)) continue
      told.set(key, {
        target,
        line: wordsOf(text),
        evidence: log.evidence,
        pod: log.pod,
        at,
        isItsOwnWord: OWN_WORDS.test(text),
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

function isRecent(view: View, at: Snapshot['logs'][number]['lines'][number]['at']): boolean {
  const seconds = secondsOf(at)
  return seconds === null || seconds >= view.since - scaled(view.about, 600, 45)
}

function targetOf(view: View, text: string): Named | null {
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
    .map(one => one.object)
    .filter(service => listAt(service, 'spec.ports').some(one => numberAt(one, 'port') === 5432))
  const outside = databases.filter(service => Object.keys(recordAt(service, 'spec.selector')).length === 0)
  const [only, ...others] = outside.length > 0 ? outside : databases
  return only === undefined || others.length > 0 ? null : view.names.ofHost(only.metadata.name)
}
