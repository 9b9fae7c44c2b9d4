import { scaled, secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { mergeNeeds, PODS } from '../../snapshot/needs.ts'
import type { Container, Pod } from '../../snapshot/objects/pod.ts'
import { quote } from '../../snapshot/text/quote.ts'
import type { FindingOf } from '../findings/finding-shape.ts'
import { mergeFindings } from '../findings/merge-findings.ts'
import { isNamedByScope } from '../findings/named-by-scope.ts'
import { serviceOfPod, subjectOfPod } from '../findings/subject.ts'
import { POD_TEMPLATE } from './change-patterns.ts'
import { findOutput } from './container-output.ts'
import { defineAnalyser } from './define-analyser.ts'

/** How long, in seconds, an init container may run before that counts as stuck: a migration takes minutes. */
const PATIENCE_SECONDS = 600

/** Init containers that run and run, mostly because they wait for something, so that the others never start. */
export const initContainers = defineAnalyser({
  needs: mergeNeeds(PODS, { kinds: ['Job'], reads: ['logs'] }),
  findings: {
    INIT_CONTAINER_STUCK: {
      title: 'An init container does not complete, so the containers after it do not start.',
      layer: 'process-failure',
      kind: 'process',
      basis: 'observation',
      effects: ['start'],
      cause: { plain: 'INIT_CONTAINER_STUCK' },
      mechanism: POD_TEMPLATE,
      canComeFromCallee: true,
    },
  },
  run: view =>
    mergeFindings(
      view.pods
        .filter(pod => pod.phase === 'Pending' && !pod.isDeleting)
        .flatMap(pod => pod.containers.flatMap(container => findStuck(view, pod, container))),
    ),
})

function findStuck(view: SnapshotView, pod: Pod, container: Container): FindingOf<'INIT_CONTAINER_STUCK'>[] {
  const since = secondsOf(container.runningSince)
  const subject = subjectOfPod(view, pod)
  if (!container.isInit || since === null) return []
  if (view.at - since < scaled(view.scope, PATIENCE_SECONDS, 60)) return []
  // The init container of a Job may do the Job's work.
  if (subject.kind === 'Job' && !isNamedByScope(view, subject)) return []
  const { log, line } = findOutput(view, pod, container)
  const last = line ?? log?.lines.at(-1)?.text
  return [
    {
      code: 'INIT_CONTAINER_STUCK',
      subject,
      service: serviceOfPod(view, pod),
      container: container.name,
      onset: container.runningSince,
      message: `init container ${container.name} of ${pod.name} has run for ${Math.round((view.at - since) / 60)} minutes without completing, so the other containers do not start${last === undefined ? '' : `; its last output: ${quote(last)}`}`,
      evidence: [pod.evidence, ...(log === undefined ? [] : [log.evidence])],
    },
  ]
}
