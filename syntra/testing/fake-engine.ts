import type { Proposal } from '@goalixa/agents/devops/proposal'
import type { Engine } from '@goalixa/agents/graphs/ports'
import type { Finding } from '@goalixa/agents/incident/finding'
import type { Verdict } from '@goalixa/agents/incident/verdict'
import { indexSnapshot } from '@goalixa/agents/snapshot/index-snapshot'
import type { Snapshot } from '@goalixa/agents/snapshot/snapshot'
import type { Question } from '@goalixa/tools/evidence'

const question = (id: string): Question => ({ id, tool: 'target_read', args: { name: id }, why: `the ${id}` })
const subject = { kind: 'Deployment', namespace: 'shop', name: 'core' }

/** A planner, an analyser and a remedy of a few lines: two rounds of questions, one cause, one preflight read. */
export function fakeEngine({ risk = 'R3', steps = 2, kind = 'rollback' as Proposal['kind'] } = {}): Engine {
  return {
    planQuestions: ({ round }) => (QUESTIONS[round] ?? []).map(question),
    buildView: (scope, evidence) =>
      indexSnapshot({
        scope,
        at: scope.since,
        objects: [],
        events: [],
        logs: [],
        series: [],
        changes: [],
        edges: [{ evidence: 'E1', from: 'bff', to: 'core', via: 'metrics' }],
        unread: evidence
          .filter(one => one.outcome === 'unread')
          .map(one => ({
            evidence: one.id,
            question: one.question.id,
            tool: one.question.tool,
            reason: one.reason?.message ?? '',
          })),
        reads: evidence
          .filter(one => one.outcome === 'read')
          .map(one => ({
            evidence: one.id,
            question: one.question.id,
            tool: one.question.tool,
            args: one.question.args,
            result: one.result,
          })),
      }),
    diagnose: view => {
      const verdict = verdictOn(view.snapshot)
      return { view, findings: verdict.findings, chains: [], verdict }
    },
    chooseProposal: ({ diagnosis, verdict }) => {
      const { snapshot } = diagnosis.view
      if (verdict.outcome !== 'cause') return { proposal: null, message: 'Nothing is proposed.', missing: [] }
      if (!snapshot.reads.some(read => read.question === 'preflight'))
        return { proposal: null, message: 'Something is missing.', missing: [question('preflight')] }
      return {
        proposal: proposalOf(snapshot, risk as Proposal['risk'], steps, kind),
        message: 'Go back.',
        missing: [],
      }
    },
    reviewProposal: () => ({ objections: [] }),
  }
}

const QUESTIONS: Record<number, string[]> = {
  1: ['pods', 'events', 'errors', 'latency'],
  2: ['logs', 'history'],
}

function verdictOn({ reads, unread }: Snapshot): Verdict {
  const [first] = reads
  const evidence = reads.map(read => read.evidence)
  const finding: Finding = {
    code: 'REVISION_ERRORS',
    subject,
    service: 'core',
    onset: null,
    message: 'The new release fails.',
    evidence,
  }
  return {
    outcome: first ? 'cause' : 'inconclusive',
    message: first ? 'The new release of core fails.' : 'Nothing could be read.',
    causes: first
      ? [
          {
            code: 'RELEASE_ERRORS',
            subject,
            service: 'core',
            confidence: 0.9,
            message: 'The new release fails.',
            chain: [finding],
            change: null,
            for: [],
            against: [],
          },
        ]
      : [],
    ruledOut: [],
    findings: first ? [finding] : [],
    unread: unread.map(({ question: asked, reason }) => ({ question: asked, reason })),
  }
}

const METHODS = {
  rollback: { kind: 'rollback', method: 'rollout-undo' },
  sync: { kind: 'sync', method: 'delivery-sync' },
  restart: { kind: 'restart', method: 'restart' },
  scale: { kind: 'scale', method: 'scale' },
} as const
const TOOLS = ['delivery_set_auto_sync', 'delivery_rollback_app', 'forge_open_revert'] as const

function proposalOf(
  { reads }: Snapshot,
  risk: Proposal['risk'],
  steps: number,
  kind: Proposal['kind'],
): Proposal {
  const preflight = reads.find(read => read.question === 'preflight')?.result as { revision: number }
  const step = (number: number) => ({
    tool: TOOLS[number - 1] ?? TOOLS[0],
    args: { name: `change-${number}` },
    message: `Change ${number}`,
  })
  const errors = {
    signal: 'error-ratio' as const,
    service: 'core',
    tool: 'prometheus_query' as const,
    args: { name: 'watch' },
    path: 'samples.max',
  }
  return {
    ...METHODS[kind],
    target: { ...subject, app: null, repo: null, service: 'core' },
    risk,
    message: 'Roll core back.',
    why: 'The new release fails.',
    rejected: [],
    preconditions: [
      {
        kind: 'object-unchanged',
        tool: 'kubernetes_get_object',
        args: { name: 'state' },
        path: 'revision',
        value: preflight.revision,
      },
    ],
    steps: Array.from({ length: steps }, (_, index) => step(index + 1)),
    undo: { steps: [step(1)] },
    verification: {
      recovered: [
        {
          ...errors,
          kind: 'slo-recovered',
          limit: 0.05,
          message: 'errors are gone',
          op: '<=',
          value: 0.05,
        },
      ],
      worse: [{ ...errors, kind: 'slo-worse', limit: 0.9, message: 'errors rose', op: '>', value: 0.9 }],
      unrelatedAlerts: [],
      forSeconds: 0.5,
      withinSeconds: 4,
    },
    evidence: ['E1'],
    warnings: [],
  }
}
