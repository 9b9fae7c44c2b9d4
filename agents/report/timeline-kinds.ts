import { z } from 'zod'
import type { ActionState } from '../devops/action-state.ts'
import { Method, Proposal } from '../devops/proposal.ts'
import { Cause, Verdict } from '../incident/verdict.ts'

/** The severity of an entry: `attention` asks people to check or decide, `failure` reports that something went wrong. */
export const SEVERITIES = ['info', 'success', 'attention', 'failure'] as const
export type Severity = (typeof SEVERITIES)[number]

/** The emphasis of a piece of text, which each surface renders as a colour or a weight. */
export type Tone = Severity | 'strong' | 'muted'

/** The symbol beside the text, for surfaces and readers without colours. */
const SYMBOLS: Record<Severity, string> = { info: '·', success: '✓', attention: '!', failure: '✗' }

type Card = {
  severity: Severity
  /** At most 20 characters, lower case. */
  title: string
  /** The data of the entry for machines; none by default. */
  data?: z.ZodObject
  /** Set where the kind differs from others of its severity. */
  symbol?: string
  tone?: Tone
  /** Shown only to readers who ask for every entry. */
  isDetail?: boolean
  /** Omitted from the report, because another section contains it. */
  isInOtherSection?: boolean
  /** Whether people are notified of it; by default of everything but `info`. */
  isNotified?: boolean
}

const { outcome } = Verdict.shape
const [ROLLBACK] = Proposal.options
const ofAction = z.object({ action: z.string(), target: z.string() })
/** What the ledger adds to every transition. */
const transition = ofAction.extend({
  by: z.string(),
  risk: z.string(),
  method: Method,
  reason: z.string().nullable().optional(),
  drift: z.array(z.string()).optional(),
})

/** The fields of a proposal that the timeline shows. */
const shownOfProposal = ROLLBACK.pick({
  kind: true,
  method: true,
  risk: true,
  target: true,
  message: true,
  classification: true,
}).extend({
  kind: z.enum(Proposal.options.map(({ shape }) => shape.kind.value)),
  method: Method,
})

/** One card for each state of an action: a new state without a presentation is a type error. */
const ACTION_KINDS = {
  'action-proposed': { severity: 'info', title: 'action proposed', data: transition },
  'action-refused': { severity: 'attention', title: 'refused by policy', data: transition },
  'action-awaiting-approval': { severity: 'attention', title: 'approval needed', data: transition },
  'action-approved': { severity: 'info', title: 'approved', data: transition },
  'action-rejected': { severity: 'info', title: 'rejected', data: transition },
  'action-expired': { severity: 'attention', title: 'approval expired', data: transition },
  'action-superseded': { severity: 'info', title: 'superseded', data: transition },
  'action-executing': { severity: 'info', title: 'executing', data: transition },
  'action-verifying': { severity: 'info', title: 'verifying', data: transition },
  'action-undoing': { severity: 'attention', title: 'undoing', data: transition },
  'action-succeeded': { severity: 'success', title: 'succeeded', data: transition },
  'action-undone': { severity: 'attention', title: 'undone', data: transition },
  'action-failed': { severity: 'failure', title: 'action failed', data: transition },
  'action-handed-off': { severity: 'attention', title: 'handed off', data: transition },
} as const satisfies Record<`action-${ActionState}`, Card>

/** Every kind of timeline entry, with its presentation. An entry of another kind is a type error. */
export const TIMELINE_KINDS = {
  'incident-opened': {
    severity: 'attention',
    title: 'incident opened',
    data: z.object({ alert: z.string().optional(), reason: z.string().nullable().optional() }),
  },
  'incident-reopened': {
    severity: 'attention',
    title: 'incident reopened',
    data: z.object({ alert: z.string() }),
  },
  'incident-resolved': { severity: 'success', title: 'incident resolved' },
  'incident-closed': { severity: 'info', title: 'incident closed' },

  'incidents-linked': {
    severity: 'info',
    title: 'incidents linked',
    data: z.object({ incidents: z.array(z.string()) }),
  },

  'alert-joined': {
    severity: 'info',
    title: 'alert added',
    symbol: '•',
    tone: 'failure',
    data: z.object({
      alert: z.string(),
      name: z.string(),
      labels: z.record(z.string(), z.string()),
      startsAt: z.string(),
      because: z.string(),
    }),
  },
  'alert-resolved': {
    severity: 'success',
    title: 'alert resolved',
    // Alertmanager notifies of it; Syntra of the incident.
    isNotified: false,
    data: z.object({ alert: z.string(), endsAt: z.string().nullable() }),
  },
  'alerts-truncated': {
    severity: 'attention',
    title: 'alerts truncated',
    data: z.object({ truncated: z.number() }),
  },
  'alerts-rejected': {
    severity: 'attention',
    title: 'alerts rejected',
    data: z.object({ rejected: z.number() }),
  },
  'alerts-omitted': {
    severity: 'info',
    title: 'alerts omitted',
    data: z.object({ omitted: z.number() }),
  },

  'cluster-out-of-reach': {
    severity: 'attention',
    title: 'out of reach',
    data: z.object({ cluster: z.string(), served: z.string() }),
  },

  'investigation-requested': {
    severity: 'info',
    title: 'requested',
    data: z.object({ reason: z.string().nullable() }),
  },
  'investigation-queued': { severity: 'info', title: 'queued', isDetail: true },
  'investigation-started': {
    severity: 'info',
    title: 'investigating',
    data: z.object({
      namespace: z.string().nullable(),
      service: z.string().nullable(),
      object: z.object({ kind: z.string(), name: z.string() }).nullable(),
      alerts: z.array(z.string()),
    }),
  },
  'investigation-restarted': {
    severity: 'info',
    title: 'investigating again',
    data: z.object({ supersedes: z.string() }),
  },
  'investigation-finished': {
    severity: 'info',
    title: 'investigation done',
    data: z.object({ outcome: z.string() }),
  },
  'investigation-failed': {
    severity: 'failure',
    title: 'investigation failed',
    data: z.object({ code: z.string(), message: z.string() }),
  },
  escalated: { severity: 'attention', title: 'escalated' },

  'questions-planned': {
    severity: 'info',
    title: 'reads planned',
    isInOtherSection: true,
    data: z.object({
      round: z.number(),
      questions: z.array(z.object({ id: z.string(), tool: z.string(), why: z.string() })),
    }),
  },
  'evidence-read': {
    severity: 'info',
    title: 'read',
    isDetail: true,
    isInOtherSection: true,
    data: z.object({
      evidence: z.string(),
      question: z.string(),
      tool: z.string(),
      tookMs: z.number().optional(),
    }),
  },
  'evidence-unread': {
    severity: 'info',
    title: 'could not read',
    symbol: '?',
    tone: 'attention',
    isInOtherSection: true,
    data: z.object({
      evidence: z.string(),
      question: z.string(),
      tool: z.string(),
      tookMs: z.number().optional(),
    }),
  },
  'evidence-removed': { severity: 'info', title: 'evidence removed' },
  verdict: {
    severity: 'info',
    title: 'verdict',
    symbol: '◆',
    tone: 'strong',
    isNotified: true,
    data: z.object({
      round: z.number(),
      outcome,
      cause: Cause.pick({ code: true, subject: true, confidence: true }).optional(),
      couldNotRead: z.number(),
    }),
  },
  report: { severity: 'info', title: 'report written', isInOtherSection: true },

  proposal: {
    severity: 'info',
    title: 'proposal',
    symbol: '◆',
    tone: 'strong',
    data: shownOfProposal,
  },
  'no-proposal': { severity: 'attention', title: 'no proposal' },
  'no-action-needed': { severity: 'success', title: 'no action needed' },
  ...ACTION_KINDS,
  'action-partly-approved': { severity: 'attention', title: 'partly approved', data: ofAction },
  /** What a step requested did not end within its time, and is awaited until it has. */
  'action-overdue': { severity: 'attention', title: 'still in progress', data: ofAction },

  'auto-sync-restored': { severity: 'success', title: 'auto-sync restored', data: ofAction },
  'auto-sync-left-off': { severity: 'attention', title: 'auto-sync left off', data: ofAction },
  'revert-merged': { severity: 'info', title: 'revert merged', data: ofAction },
  'revert-verified': { severity: 'success', title: 'revert verified', data: ofAction },
  'revert-not-verified': { severity: 'attention', title: 'revert not verified', data: ofAction },

  /** Replaces a kind that this version does not know, because a newer one wrote the entry. */
  note: { severity: 'info', title: 'note' },
} as const satisfies Record<string, Card>

export type TimelineKind = keyof typeof TIMELINE_KINDS
const KINDS = Object.keys(TIMELINE_KINDS) as TimelineKind[]
export const TimelineKind = z.enum(KINDS as [TimelineKind, ...TimelineKind[]])

/** The investigation that an entry came from, where it came from one. */
type FromInvestigation = { investigation?: string }
type DataOf<K extends TimelineKind> = (typeof TIMELINE_KINDS)[K] extends {
  data: infer Data extends z.ZodObject
}
  ? { data: z.input<Data> & FromInvestigation }
  : { data?: FromInvestigation }

/** An entry to write, with the data that its kind requires. Entries with the same `key` are written once. */
export type TimelineEntry = {
  [K in TimelineKind]: { key: string; kind: K; message: string } & DataOf<K>
}[TimelineKind]

/** How a kind is shown. */
export function presentationOf(kind: TimelineKind) {
  const card: Card = TIMELINE_KINDS[kind]
  return {
    severity: card.severity,
    title: card.title,
    symbol: card.symbol ?? SYMBOLS[card.severity],
    tone: card.tone ?? card.severity,
    isDetail: card.isDetail ?? false,
    isInReport: !(card.isDetail || card.isInOtherSection),
    isNotified: card.isNotified ?? card.severity !== 'info',
  }
}

/** The kind of a stored or received entry: a name that this version does not know becomes `note`. */
export function parseTimelineKind(name: string): TimelineKind {
  return Object.hasOwn(TIMELINE_KINDS, name) ? (name as TimelineKind) : 'note'
}
