import type { Precondition } from '@goalixa/agents/devops/precondition'
import type { Proposal } from '@goalixa/agents/devops/proposal'
import type { Engine } from '@goalixa/agents/graphs/ports'
import type { Verdict } from '@goalixa/agents/incident/verdict'
import { buildView } from '@goalixa/agents/snapshot/build-snapshot'
import type { Snapshot } from '@goalixa/agents/snapshot/snapshot'
import type { Question } from '@goalixa/tools/evidence'
import { sampleOutcome } from './sample-proposal.ts'
import type { TargetAnswer } from './start-target.ts'

/** What the engine asks: two rounds of questions, and one that a proposal needs. */
export const QUESTIONS = ['pods', 'events', 'errors', 'latency', 'logs', 'history', 'preflight']
const ROUNDS: Record<number, string[]> = { 1: QUESTIONS.slice(0, 4), 2: QUESTIONS.slice(4, 6) }

const question = (id: string): Question => ({ id, tool: 'target_read', args: { name: id }, why: `the ${id}` })

/**
 * The verdict and the proposal that the real engine gives for a sample cluster, behind a handful of questions. The real engine
 * asks some forty; tests that kill workers at named reads, or count reads and effects, need few that they can name. Recovery is
 * watched for seconds instead of minutes.
 */
export function sampleEngine({ risk }: { risk?: Proposal['risk'] } = {}): Engine {
  return {
    planQuestions: ({ round }) => (ROUNDS[round] ?? []).map(question),
    buildView,
    diagnose: view => {
      const verdict = verdictOn(view.snapshot)
      return { view, findings: verdict.findings, chains: [], verdict }
    },
    chooseProposal: ({ diagnosis, verdict }) => {
      const { snapshot } = diagnosis.view
      if (verdict.outcome !== 'cause') return { proposal: null, message: 'Nothing is proposed.', missing: [] }
      const preflight = snapshot.reads.find(read => read.question === 'preflight')
      if (preflight === undefined)
        return { proposal: null, message: 'Something is missing.', missing: [question('preflight')] }
      const proposal = proposalFor(preflight.result as TargetAnswer, snapshot)
      return {
        proposal: risk === undefined ? proposal : { ...proposal, risk },
        message: proposal.message,
        missing: [],
      }
    },
    reviewProposal: () => ({ objections: [] }),
  }
}

function verdictOn({ scope, reads, unread }: Snapshot): Verdict {
  const lacks = unread.map(({ question: asked, reason }) => ({ question: asked, reason }))
  const { verdict } = sampleOutcome(placeOf(scope))
  if (reads.length === 0)
    return { ...verdict, outcome: 'inconclusive', causes: [], findings: [], ruledOut: [], unread: lacks }
  return {
    ...citing(
      verdict,
      reads.map(read => read.evidence),
    ),
    unread: lacks,
  }
}

/** The proposal for what was read: the workload's generation and the newest deployment, which an approval is bound to. */
function proposalFor({ revision, deployment }: TargetAnswer, { scope, reads }: Snapshot): Proposal {
  const { proposal } = sampleOutcome(placeOf(scope))
  const values: Partial<Record<Precondition['kind'], number>> = {
    'object-unchanged': revision,
    'nothing-deployed': deployment,
  }
  const { recovered, ...verification } = proposal.verification
  return {
    ...citing(
      proposal,
      reads.map(read => read.evidence),
    ),
    preconditions: proposal.preconditions.map(precondition => ({
      ...precondition,
      value: values[precondition.kind] ?? precondition.value,
    })),
    verification: {
      ...verification,
      recovered: recovered.map(predicate =>
        predicate.kind === 'deployed-since' ? { ...predicate, deployment, value: deployment } : predicate,
      ),
      forSeconds: 0.5,
      withinSeconds: 4,
    },
  }
}

function placeOf({ namespace, service, alerts }: Snapshot['scope']) {
  return { namespace: namespace ?? undefined, service: service ?? alerts[0]?.labels.service }
}

/** The same, citing evidence of this investigation. */
function citing<T>(value: T, evidence: string[]): T {
  return JSON.parse(JSON.stringify(value), (key, member) =>
    key === 'evidence' && Array.isArray(member) ? evidence : member,
  )
}
