import { WorkloadKind } from '@goalixa/tools/kubernetes/workload'
import type { Diagnosis } from '../incident/diagnose.ts'
import type { Cause } from '../incident/verdict.ts'
import { numberAt } from '../snapshot/objects/json-path.ts'
import { type Choice, proposeNothing, requestReads } from './choice.ts'
import { classifyRisk } from './classify-risk.ts'
import { explainCause } from './explain-cause.ts'
import { filterUnansweredQuestions } from './filter-unanswered-questions.ts'
import { listPreconditions } from './list-preconditions.ts'
import { isChangeForbidden, rightsQuestion } from './rights-question.ts'
import { createStep } from './step.ts'
import { planVerification } from './verification/plan-verification.ts'

/** Proposes a restart, which buys time where memory leaks and no release can be rolled back. */
export function proposeRestart({ view, chains }: Diagnosis, cause: Cause): Choice {
  const workload = view.workloadNamed(cause.subject.name)
  const kind = WorkloadKind.safeParse(workload?.kind).data
  const preconditions = listPreconditions(view, cause.subject, null)
  if (workload === undefined || kind === undefined || preconditions.length === 0)
    return proposeNothing(cause.message)
  const missing = filterUnansweredQuestions(view, rightsQuestion(workload))
  if (missing.length > 0)
    return requestReads(`Syntra first has to read whether it may restart ${workload.name}.`, missing)
  if (isChangeForbidden(view, workload))
    return proposeNothing(
      `Restart ${workload.name} manually: the cluster does not allow Syntra to change it.`,
    )
  const { name, namespace } = cause.subject
  const generation = numberAt(workload.object, 'metadata.generation')
  const message = `Restart the pods of ${name} one by one.`
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
      ...classifyRisk(view, cause.subject),
      message,
      why: explainCause(cause),
      rejected: [{ method: 'git-revert', why: 'no release precedes the growth of memory' }],
      preconditions,
      steps: [
        createStep('kubernetes_restart_workload', {
          args: { namespace: namespace ?? '', kind, name, ...(generation === null ? {} : { generation }) },
          message: `Restart ${name}.`,
        }),
      ],
      undo: { irreversible: 'A restart changes nothing that could be undone.' },
      verification: planVerification({ view, chains, cause, workload }),
      evidence: [...new Set(cause.chain.flatMap(finding => finding.evidence))],
      warnings: ['A restart only treats the symptom: memory grows again until the leak is fixed.'],
    },
  }
}
