import { mergeNeeds, WORKLOADS } from '../../snapshot/needs.ts'
import { listAt, numberAt, stringAt } from '../../snapshot/objects/json-path.ts'
import { subjectOf } from '../findings/subject.ts'
import { defineAnalyser } from './define-analyser.ts'

/** Autoscalers that want more replicas than they may have. */
export const autoscaling = defineAnalyser({
  needs: mergeNeeds(WORKLOADS, { kinds: ['HorizontalPodAutoscaler'] }),
  findings: {
    AUTOSCALER_AT_LIMIT: {
      title: 'An autoscaler wants more replicas than its maximum.',
      layer: 'process-failure',
      kind: 'symptom',
      basis: 'observation',
      effects: ['slow'],
      cause: null,
      mechanism: null,
    },
  },
  run: view =>
    view.objectsOf('HorizontalPodAutoscaler').flatMap(({ evidence, object }) => {
      const limited = listAt(object, 'status.conditions').find(
        condition => stringAt(condition, 'type') === 'ScalingLimited',
      )
      const target = stringAt(object, 'spec.scaleTargetRef.name')
      const workload = target === null ? undefined : view.workloadNamed(target)
      const most = numberAt(object, 'spec.maxReplicas')
      const isAtMost =
        stringAt(limited, 'status') === 'True' && stringAt(limited, 'reason') === 'TooManyReplicas'
      if (workload === undefined || !isAtMost) return []
      return [
        {
          code: 'AUTOSCALER_AT_LIMIT',
          subject: subjectOf(workload),
          service: workload.service,
          onset: stringAt(limited, 'lastTransitionTime'),
          message: `${workload.name} is at its most replicas (${most ?? '?'}) and its autoscaler wants more`,
          evidence: [evidence, workload.evidence],
        },
      ]
    }),
})
