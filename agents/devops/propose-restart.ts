import type { Cause } from '../incident/verdict.ts'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import type { Choice } from './choose-proposal.ts'
import { classifyRisk } from './classify-risk.ts'
import { preconditionsFor } from './preconditions.ts'
import { isRefused, rightsQuestion } from './rights-question.ts'
import { unansweredQuestions } from './unanswered-questions.ts'
import { planVerification } from './verification/plan-verification.ts'

/** A restart buys time where memory leaks and no release can be taken back. */
export function proposeRestart(view: SnapshotView, cause: Cause): Choice {
  const workload = view.workloadNamed(cause.subject.name)
  const preconditions = preconditionsFor(view, cause.subject, null)
  if (workload === undefined || preconditions.length === 0)
    return { proposal: null, message: cause.message, missing: [] }
  const missing = unansweredQuestions(view, rightsQuestion(workload))
  if (missing.length > 0)
    return { proposal: null, message: 'It has to be read first whether Syntra may restart it.', missing }
  if (isRefused(view, workload)) {
    const message = `Restart ${workload.name} by hand: the cluster does not allow Syntra to change it.`
    return { proposal: null, message, missing: [] }
  }
  const { kind, name, namespace } = cause.subject
  const message = `Restart ${name} pod by pod; the memory will grow again until the leak is mended.`
  return {
    message,
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
      risk: classifyRisk(view, workload),
      message,
      why: cause.message,
      rejected: [{ method: 'git-revert', why: 'no release shortly before the growth was found' }],
      preconditions,
      steps: [
        {
          tool: 'kubernetes_restart_workload',
          args: { namespace: namespace ?? '', kind, name },
          message: `Restart ${name}.`,
        },
      ],
      undo: { irreversible: 'A restart can not be taken back, and does not need to be.' },
      verification: planVerification({ view, cause, workload }),
      evidence: [...new Set(cause.chain.flatMap(one => one.evidence))],
      warnings: ['This treats the symptom only.'],
    },
  }
}
