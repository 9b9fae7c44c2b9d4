import { pluralize } from '@goalixa/chassis/pluralize'
import { mergeNeeds, WORKLOADS } from '../../snapshot/needs.ts'
import { listAt, numberAt, stringAt } from '../../snapshot/objects/json-path.ts'
import { subjectOf } from '../findings/subject.ts'
import { defineAnalyser } from './define-analyser.ts'

/** HorizontalPodAutoscalers that are limited by their maximum. */
export const autoscaling = defineAnalyser({
  needs: mergeNeeds(WORKLOADS, { kinds: ['HorizontalPodAutoscaler'] }),
  findings: {
    AUTOSCALER_AT_LIMIT: {
      title: 'An autoscaler is at its maximum and wants more replicas.',
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
      const maxReplicas = numberAt(object, 'spec.maxReplicas')
      const isLimited =
        stringAt(limited, 'status') === 'True' && stringAt(limited, 'reason') === 'TooManyReplicas'
      if (workload === undefined || !isLimited) return []
      return [
        {
          code: 'AUTOSCALER_AT_LIMIT',
          subject: subjectOf(workload),
          service: workload.service,
          onset: stringAt(limited, 'lastTransitionTime'),
          message:
            maxReplicas === null
              ? `${workload.name} is at its maximum of replicas, and its autoscaler wants more`
              : `${workload.name} is at its maximum of ${pluralize(maxReplicas, 'replica')}, and its autoscaler wants more`,
          evidence: [evidence, workload.evidence],
        },
      ]
    }),
})
