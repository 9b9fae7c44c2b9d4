import type { Proposal } from '@goalixa/agents/devops/proposal'
import type { Engine } from '@goalixa/agents/graphs/ports'
import type { Verdict } from '@goalixa/agents/incident/verdict'
import { buildView } from '@goalixa/agents/snapshot/build-snapshot'
import type { Scope, Snapshot } from '@goalixa/agents/snapshot/snapshot'
import { sampleOutcome } from '@goalixa/syntra/testing/sample-proposal'
import type { Question } from '@goalixa/tools/evidence'
import { findRemedy } from './catalog.ts'
import type { Change, Remedy } from './remedy.ts'

/**
 * The verdict of the real engine on its sample cluster, behind a few real reads, with the change of the service's remedy. What
 * is under test is everything around the engine. Recovery is watched for seconds.
 */
export function createChaosEngine(): Engine {
  return {
    buildView,
    planQuestions: ({ scope, round }) => (round === 1 ? questionsFor(serviceOf(scope)) : []),
    diagnose: view => {
      const verdict = verdictOn(view.snapshot)
      return { view, findings: verdict.findings, chains: [], verdict }
    },
    chooseProposal({ diagnosis, verdict }) {
      const { snapshot } = diagnosis.view
      const service = serviceOf(snapshot.scope)
      const [cause] = verdict.causes
      const remedy = findRemedy(service)
      const change = cause && remedy?.propose(service, snapshot, cause)
      if (!remedy || !change) return { proposal: null, message: 'Nothing is proposed.', missing: [] }
      const proposal = proposalOf(service, remedy, change, snapshot)
      return { proposal, message: change.message, missing: [] }
    },
    reviewProposal: () => ({ objections: [] }),
  }
}

function serviceOf({ service, alerts }: Scope): string {
  return service ?? alerts[0]?.labels.service ?? 'unknown'
}

function questionsFor(service: string): Question[] {
  const remedy = findRemedy(service)
  return [...(remedy?.questions(service) ?? []), ...commonQuestions(service, remedy)]
}

/** An alert that needs no remedy is investigated for about half a second. */
function commonQuestions(service: string, remedy: Remedy | undefined): Question[] {
  const signals = remedy === undefined ? ['errors', 'latency', 'traffic', 'memory'] : ['errors']
  return [
    {
      id: `pods/${service}`,
      tool: 'kubernetes_list_objects',
      args: { namespace: service, kinds: ['Pod'] },
      why: 'the pods',
    },
    ...signals.map(signal => ({
      id: `query/${signal}`,
      tool: 'prometheus_query',
      args: { query: `chaos_${signal}{service="${service}"}` },
      why: `the ${signal}`,
    })),
  ]
}

function verdictOn({ scope, reads, unread }: Snapshot): Verdict {
  const service = serviceOf(scope)
  const lacks = unread.map(({ question, reason }) => ({ question, reason }))
  const { verdict } = sampleOutcome({ namespace: service, service })
  const found = reads.length > 0 && findRemedy(service) !== undefined
  if (!found)
    return {
      ...verdict,
      outcome: reads.length > 0 ? 'no-fault' : 'inconclusive',
      causes: [],
      findings: [],
      ruledOut: [],
      unread: lacks,
    }
  return {
    ...citing(
      verdict,
      reads.map(({ evidence }) => evidence),
    ),
    unread: lacks,
  }
}

function proposalOf(
  service: string,
  { risk }: Remedy,
  { shape, app, ...change }: Change,
  { reads }: Snapshot,
): Proposal {
  const { proposal } = sampleOutcome({ namespace: service, service })
  const evidence = reads.map(read => read.evidence)
  return citing(
    {
      ...proposal,
      ...change,
      ...shape,
      risk,
      // Not that of the sample, where the change has none.
      pendingRevert: change.pendingRevert,
      target: { ...proposal.target, kind: 'Deployment', namespace: service, name: service, app, repo: null },
      verification: {
        recovered: [
          {
            kind: 'slo-recovered',
            signal: 'error-ratio',
            service,
            limit: 0.05,
            message: `${service} fails less than 5 % of its requests`,
            tool: 'prometheus_query',
            args: { query: `chaos_error_ratio{service="${service}"}` },
            path: 'samples.max',
            op: '<',
            value: 0.05,
          },
        ],
        worse: [],
        unrelatedAlerts: [],
        forSeconds: 1,
        withinSeconds: 6,
      },
    } as Proposal,
    evidence,
  )
}

/** The same, citing evidence of this investigation. */
function citing<T>(value: T, evidence: string[]): T {
  return JSON.parse(JSON.stringify(value), (key, member) =>
    key === 'evidence' && Array.isArray(member) ? evidence : member,
  )
}
