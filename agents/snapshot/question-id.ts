import { boundText } from '@goalixa/chassis/bound-text'
import { PROFILES, type ProfileName } from '../signals/metric-profiles.ts'
import { isSignalName, type SignalName } from '../signals/signals.ts'

/** The id of a question, as it is stored with its answer. Made here and nowhere else. */
export type QuestionId = string & { readonly brand: 'QuestionId' }

// Ids are indexed, and PostgreSQL limits an index entry to 2,704 bytes.
const MAX_BYTES = 2_000

/** Kinds of objects that are listed by one call. */
export const OBJECT_GROUPS = ['workloads', 'wiring', 'secrets', 'nodes'] as const
export type ObjectGroup = (typeof OBJECT_GROUPS)[number]

/** What a question asks for, by its id. */
export type ParsedQuestionId =
  | { kind: 'objects'; group: ObjectGroup }
  | { kind: 'detail'; object: string; name: string }
  | { kind: 'events' }
  | { kind: 'alerts' }
  | { kind: 'alert-rule'; alert: string }
  | { kind: 'series'; signal: SignalName; profile: ProfileName | null }
  | { kind: 'metric-profiles' }
  | { kind: 'logs'; pod: string; container: string; previous: boolean }
  | { kind: 'delivery-apps' }
  | { kind: 'delivery-history'; app: string }
  | { kind: 'delivery-diff'; app: string }
  | { kind: 'sync-windows'; app: string }
  | { kind: 'branch-rules'; repo: string; branch: string }
  | { kind: 'compare'; repo: string; base: string; head: string }
  | { kind: 'commits'; app: string }
  | { kind: 'commit'; repo: string; sha: string }
  | { kind: 'rights'; verb: string; object: string; namespace: string; name: string }
  | { kind: 'model'; tool: string; digest: string }

export type QuestionKind = ParsedQuestionId['kind']

/** One constructor for each kind of question. The same arguments give the same id in every version. */
export const questionId = {
  objects: (group: ObjectGroup) => format('objects', group),
  /** One object of a kind that is too many to list. */
  detail: (kind: string, name: string) => format('detail', segment(kind), segment(name)),
  events: () => format('events'),
  alerts: () => format('alerts'),
  /** The rule of an alert that is not listed. */
  alertRule: (alert: string) => format('alert-rule', segment(alert)),
  /** A signal by Goalixa's metric names, or by those of another profile. */
  series: (signal: SignalName, profile: ProfileName | null = null) =>
    format('series', profile === null ? signal : `${signal}@${profile}`),
  metricProfiles: () => format('metrics', 'profiles'),
  logs: (pod: string, container: string, previous: boolean) =>
    format('logs', segment(pod), segment(container), previous ? 'previous' : 'current'),
  deliveryApps: () => format('delivery', 'apps'),
  deliveryHistory: (app: string) => format('delivery', 'history', segment(app)),
  deliveryDiff: (app: string) => format('delivery', 'diff', segment(app)),
  syncWindows: (app: string) => format('delivery', 'windows', segment(app)),
  /** The name of a repository contains slashes, and that of a branch may. */
  branchRules: (repo: string, branch: string) =>
    format('forge', 'rules', `${encode(repo, /[%@]/g)}@${encode(branch, /%/g)}`),
  compare: (repo: string, base: string, head: string) =>
    format('forge', 'compare', encode(repo, /%/g), `${revision(base)}...${revision(head)}`),
  commits: (app: string) => format('forge', 'commits', segment(app)),
  commit: (repo: string, sha: string) => format('forge', 'commit', encode(repo, /%/g), segment(sha)),
  rights: (verb: string, object: string, namespace: string, name: string) =>
    format('rights', segment(verb), segment(object), segment(namespace), segment(name)),
  model: (tool: string, digest: string) => format('model', segment(tool), segment(digest)),
}

/** What an id asks for; null for an id that no function here makes, such as that of a signal which is no longer read. */
export function parseQuestionId(id: string): ParsedQuestionId | null {
  const [head, ...rest] = id.split('/')
  const parsed = parse(head ?? '', rest)
  return parsed !== null && formatQuestionId(parsed) === id ? parsed : null
}

/** The id of what was parsed. */
export function formatQuestionId(question: ParsedQuestionId): QuestionId {
  switch (question.kind) {
    case 'objects':
      return questionId.objects(question.group)
    case 'detail':
      return questionId.detail(question.object, question.name)
    case 'events':
      return questionId.events()
    case 'alerts':
      return questionId.alerts()
    case 'alert-rule':
      return questionId.alertRule(question.alert)
    case 'series':
      return questionId.series(question.signal, question.profile)
    case 'metric-profiles':
      return questionId.metricProfiles()
    case 'logs':
      return questionId.logs(question.pod, question.container, question.previous)
    case 'delivery-apps':
      return questionId.deliveryApps()
    case 'delivery-history':
      return questionId.deliveryHistory(question.app)
    case 'delivery-diff':
      return questionId.deliveryDiff(question.app)
    case 'sync-windows':
      return questionId.syncWindows(question.app)
    case 'branch-rules':
      return questionId.branchRules(question.repo, question.branch)
    case 'compare':
      return questionId.compare(question.repo, question.base, question.head)
    case 'commits':
      return questionId.commits(question.app)
    case 'commit':
      return questionId.commit(question.repo, question.sha)
    case 'rights':
      return questionId.rights(question.verb, question.object, question.namespace, question.name)
    case 'model':
      return questionId.model(question.tool, question.digest)
  }
}

function parse(head: string, rest: string[]): ParsedQuestionId | null {
  const [first = '', second = '', third = '', fourth = ''] = rest.map(decode)
  switch (head) {
    case 'objects': {
      const group = OBJECT_GROUPS.find(known => known === first)
      return group === undefined ? null : { kind: 'objects', group }
    }
    case 'detail':
      return { kind: 'detail', object: first, name: second }
    case 'events':
      return { kind: 'events' }
    case 'alerts':
      return { kind: 'alerts' }
    case 'alert-rule':
      return { kind: 'alert-rule', alert: first }
    case 'series':
      return parseSeries(first)
    case 'metrics':
      return { kind: 'metric-profiles' }
    case 'logs':
      return { kind: 'logs', pod: first, container: second, previous: third === 'previous' }
    case 'delivery':
      return parseDelivery(first, second)
    case 'forge':
      return parseForge(first, rest.slice(1))
    case 'rights':
      return { kind: 'rights', verb: first, object: second, namespace: third, name: fourth }
    case 'model':
      return { kind: 'model', tool: first, digest: second }
    default:
      return null
  }
}

function parseSeries(text: string): ParsedQuestionId | null {
  const [signal = '', name] = text.split('@')
  const profile = PROFILES.find(profile => profile.name === name)
  return isSignalName(signal) ? { kind: 'series', signal, profile: profile?.name ?? null } : null
}

function parseDelivery(part: string, app: string): ParsedQuestionId | null {
  switch (part) {
    case 'apps':
      return { kind: 'delivery-apps' }
    case 'history':
      return { kind: 'delivery-history', app }
    case 'diff':
      return { kind: 'delivery-diff', app }
    case 'windows':
      return { kind: 'sync-windows', app }
    default:
      return null
  }
}

function parseForge(part: string, rest: string[]): ParsedQuestionId | null {
  const last = rest.at(-1) ?? ''
  const repo = decode(rest.slice(0, -1).join('/'))
  switch (part) {
    case 'rules': {
      const [name = '', ...branch] = rest.join('/').split('@')
      return { kind: 'branch-rules', repo: decode(name), branch: decode(branch.join('@')) }
    }
    case 'compare': {
      const [base = '', head = ''] = last.split('...')
      return { kind: 'compare', repo, base: decode(base), head: decode(head) }
    }
    case 'commits':
      return { kind: 'commits', app: decode(last) }
    case 'commit':
      return { kind: 'commit', repo, sha: decode(last) }
    default:
      return null
  }
}

/** Names that Kubernetes or a forge accepts are never truncated here; a truncated id does not parse. */
function format(...parts: string[]): QuestionId {
  return boundText(parts.join('/'), MAX_BYTES) as QuestionId
}

/** A part that ends at the next slash. */
function segment(text: string): string {
  return encode(text, /[%/]/g)
}

/** A revision on either side of the dots of a comparison: Git allows none of these signs in a name, but a chart's version is free text. */
function revision(text: string): string {
  return encode(text, /[%/]|^\.|\.(?=\.|$)/g)
}

/** Ordinary names stay as they are, so that ids are readable; only what would be ambiguous is percent-encoded. */
function encode(text: string, reserved: RegExp): string {
  return text.replace(reserved, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}

function decode(text: string): string {
  return text.replace(/%([0-9A-F]{2})/g, (_all, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}
