import { findFailedMount, parseMissingMountSource } from '../../snapshot/failed-mount.ts'
import { mergeNeeds, PODS } from '../../snapshot/needs.ts'
import { quote } from '../../snapshot/text/quote.ts'
import { mergeFindings } from '../findings/merge-findings.ts'
import { serviceOfPod, subjectOfPod } from '../findings/subject.ts'
import { defineAnalyser } from './define-analyser.ts'

/** Pods whose volume cannot be attached or mounted, by the kubelet's own events. */
export const volumes = defineAnalyser({
  needs: mergeNeeds(PODS, { reads: ['events'] }),
  findings: {
    VOLUME_NOT_MOUNTED: {
      title: 'A volume of a pod cannot be attached or mounted.',
      layer: 'setting',
      kind: 'process',
      basis: 'observation',
      effects: ['start'],
      cause: { plain: 'VOLUME_NOT_MOUNTED' },
      mechanism: /volume|claim|storage/i,
    },
  },
  run: view =>
    mergeFindings(
      view.pods.flatMap(pod => {
        const event = findFailedMount(view, pod)
        if (event === undefined || parseMissingMountSource(event.message) !== null) return []
        return [
          {
            code: 'VOLUME_NOT_MOUNTED',
            subject: subjectOfPod(view, pod),
            service: serviceOfPod(view, pod),
            onset: pod.createdAt,
            message: `${pod.name} cannot start, because a volume is not mounted: ${quote(event.message)}`,
            evidence: [...new Set([pod.evidence, event.evidence])],
          },
        ]
      }),
    ),
})
