import { hasIntroducedHost } from '../../snapshot/changes/has-introduced-host.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { connectionFailuresOf } from '../../snapshot/logs/connection-failures.ts'
import { isServiceHost } from '../../snapshot/logs/external-host.ts'
import { CHANGES, CONNECTION_FAILURES, mergeNeeds, PODS } from '../../snapshot/needs.ts'
import { quote } from '../../snapshot/text/quote.ts'
import { mergeFindings } from '../findings/merge-findings.ts'
import { serviceOfPod } from '../findings/subject.ts'
import { defineAnalyser } from './define-analyser.ts'

/** Names of Services that are called and do not exist: removed or renamed while others still call them. */
export const missingServices = defineAnalyser({
  needs: mergeNeeds(PODS, CONNECTION_FAILURES, CHANGES),
  findings: {
    SERVICE_NOT_FOUND: {
      title: 'A service calls a name that no Service has.',
      layer: 'setting',
      // Not `wiring`, because a process that cannot resolve a name may crash.
      kind: 'environment',
      basis: 'observation',
      effects: ['errors', 'slow', 'down', 'start'],
      cause: { plain: 'SERVICE_NOT_FOUND' },
      mechanism: /service|name/i,
    },
  },
  run: view =>
    mergeFindings(
      connectionFailuresOf(view).flatMap(({ how, unknownHost, pod: podName, line, evidence }) => {
        const pod = view.podNamed(podName)
        const service = pod === undefined ? null : serviceOfPod(view, pod)
        if (how !== 'unresolved' || unknownHost === null || service === null) return []
        if (!isServiceHost(view, unknownHost) || hasIntroducedHost(view, service, unknownHost)) return []
        const [name = ''] = unknownHost.split('.')
        const removal = removalOf(view, name)
        const services = view.listingOf('Service')
        return [
          {
            code: 'SERVICE_NOT_FOUND',
            subject: { kind: 'Service', namespace: view.namespace, name },
            service,
            onset: removal?.at ?? null,
            message: `${service} calls ${name}, but no Service has that name: ${quote(line)}`,
            evidence: [
              ...new Set([
                evidence,
                ...(services === undefined ? [] : [services.evidence]),
                ...(removal?.evidence ?? []),
              ]),
            ],
          },
        ]
      }),
    ),
})

/** The latest change in Git that removed the name. */
function removalOf(
  view: SnapshotView,
  name: string,
): SnapshotView['snapshot']['changes'][number] | undefined {
  const named = new RegExp(`^\\s*name:\\s*["']?${name}["']?\\s*$`, 'm')
  return view.snapshot.changes.findLast(
    change =>
      change.kind === 'sync' &&
      change.diff.some(part => named.test(String(part.before)) && !named.test(String(part.after))),
  )
}
