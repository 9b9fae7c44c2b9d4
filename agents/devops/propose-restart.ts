import type { Cause } from '../incident/verdict.ts'
import type { View } from '../snapshot/index-snapshot.ts'
import { askUnlessKnown } from './unanswered-questions.ts'
import type { Choice } from './choose-proposal.ts'
import { observedOf } from './preconditions.ts'
import { isRefused, rightsQuestion } from './rights-question.ts'
import { riskOf } from './classify-risk.ts'
import { verificationOf } from './verification/plan-verification.ts'

/** A restart buys time where memory leaks and no release can be taken back. */
export function proposeRestart(view: View, cause: Cause): Choice {
  const workload = view.workloadNamed(cause.subject.name)
  const observed = observedOf(view, cause.subject, null)
  if (workload === undefined || observed.length === 0)
    return { proposal: null, says: cause.says, missing: [] }
  const missing = askUnlessKnown(view, rightsQuestion(workload))
  if (missing.length > 0)
    return { proposal: null, says: 'It has to be read first whether Syntra may restart it.', missing }
  if (isRefused(view, workload)) {
    const says = `Restart ${workload.name} by hand: the cluster does not allow Syntra to change it.`
    return { proposal: null, says, missing: [] }
  }
  const { kind, name, namespace } = cause.subject
  const says = `Restart ${name} pod by pod; the memory will grow again until the leak is mended.`
  return {
    says,
    missing: [],
    proposal: {
      kind: 'restart',
      method: 'restart',
      target: {
        ...cause.subject,
        app: view.appOfWorkload(name)?.name ?? null,
        repo: null,
        service: cause.service,
      },
      risk: riskOf(view, workload),
      says,
      why: cause.says,
      rejected: [{ method: 'git-revert', why: 'no release shortly before the growth was found' }],
      observed,
      steps: [
        {
          tool: 'kubernetes_restart_workload',
          args: { namespace: namespace ?? '', kind, name },
          says: `Restart ${name}.`,
        },
      ],
      undo: { irreversible: 'A restart can not be taken back, and does not need to be.' },
      verification: verificationOf({ view, cause, workload }),
      evidence: [...new Set(cause.chain.flatMap(one => one.evidence))],
      warnings: ['This treats the symptom only.'],
    },
  }
}
