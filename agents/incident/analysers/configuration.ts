import { failedMountOf, missingMountSource } from '../../snapshot/failed-mount.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { findErrorLine } from '../../snapshot/logs/find-error-line.ts'
import { mergeNeeds, PODS } from '../../snapshot/needs.ts'
import { containerSpec } from '../../snapshot/objects/container-spec.ts'
import {
  keysOf,
  type Reference,
  referencesOf,
  variablesOf,
} from '../../snapshot/objects/environment-variables.ts'
import { listAt, stringAt } from '../../snapshot/objects/json-path.ts'
import type { Pod } from '../../snapshot/objects/pod.ts'
import type { Revision, Workload } from '../../snapshot/objects/workload.ts'
import { quote } from '../../snapshot/text/quote.ts'
import type { FindingOf } from '../findings/finding-shape.ts'
import { mergeFindings } from '../findings/merge-findings.ts'
import { serviceOfPod, subjectOf, subjectOfPod } from '../findings/subject.ts'
import { defineAnalyser } from './define-analyser.ts'
import { SETTINGS } from './mechanisms.ts'

const REFUSED = ['CreateContainerConfigError', 'CreateContainerError']

/** ConfigMaps, Secrets and keys that a pod wants and that are not there, and which variable wants them. */
export const configuration = defineAnalyser({
  needs: mergeNeeds(PODS, { kinds: ['ConfigMap', 'Secret'], reads: ['logs', 'events'] }),
  findings: {
    CONFIG_MISSING: {
      title: 'A ConfigMap or Secret that a pod needs does not exist.',
      layer: 'setting',
      kind: 'process',
      basis: 'observation',
      effects: ['start'],
      cause: { plain: 'CONFIG_MISSING' },
      mechanism: SETTINGS,
      replay: 'beside-old-pods',
    },
    CONFIG_KEY_MISSING: {
      title: 'A key that a pod needs of a ConfigMap or Secret does not exist.',
      layer: 'setting',
      kind: 'process',
      basis: 'observation',
      effects: ['start'],
      cause: { plain: 'CONFIG_KEY_MISSING' },
      mechanism: SETTINGS,
      replay: 'beside-old-pods',
    },
  },
  run: view => [
    ...mergeFindings(
      view.workloads.flatMap(workload => [
        ...unresolved(view, workload),
        ...refused(view, workload),
        ...complained(view, workload),
      ]),
    ),
    ...mergeFindings(view.pods.flatMap(pod => unmounted(view, pod))),
  ],
})

type MissingConfiguration = FindingOf<'CONFIG_MISSING' | 'CONFIG_KEY_MISSING'>

function unresolved(view: SnapshotView, workload: Workload): MissingConfiguration[] {
  const revision = view.revisionsOf(workload)[0]
  return referencesOf(workload.template)
    .filter(reference => !reference.isOptional)
    .flatMap(reference => {
      const read = view.listingOf(reference.kind)
      const found = view.objectNamed(reference.kind, reference.name)
      // Not read and not there are different things.
      if (found === undefined && !view.knowsAll(reference.kind)) return []
      const evidence = [workload.evidence, found?.evidence ?? read?.evidence ?? '']
      if (found === undefined) return [lack(workload, revision, reference, false, evidence)]
      if (reference.key === null || keysOf(found.object).includes(reference.key)) return []
      return [lack(workload, revision, reference, true, evidence)]
    })
    .filter(() => isFelt(view, workload))
}

/** A missing key harms only pods that are started after it went: others run on what they got. */
function isFelt(view: SnapshotView, workload: Workload): boolean {
  return (
    view.livePodsOf(workload).some(pod => pod.isReady !== true) || workload.ready < (workload.desired ?? 0)
  )
}

function lack(
  workload: Workload,
  revision: Revision | undefined,
  one: Reference,
  isThere: boolean,
  evidence: string[],
): MissingConfiguration {
  const wants = one.wantedBy === 'envFrom' ? 'as environment' : `for ${one.wantedBy}`
  return {
    code: isThere ? 'CONFIG_KEY_MISSING' : 'CONFIG_MISSING',
    subject: subjectOf(workload),
    service: workload.service,
    onset: revision?.createdAt ?? null,
    message: !isThere
      ? `${workload.name} wants ${one.kind} ${one.name} ${wants}, and there is none`
      : `${workload.name} wants key ${one.key} of ${one.kind} ${one.name} ${wants}, and there is no such key`,
    evidence: [...new Set(evidence)],
  }
}

/** The kubelet's own word, for where the ConfigMap or Secret itself could not be read. */
function refused(view: SnapshotView, workload: Workload): MissingConfiguration[] {
  return view.livePodsOf(workload).flatMap(pod =>
    pod.containers.flatMap(container => {
      const { waiting } = container
      if (waiting === null || !REFUSED.includes(waiting.reason)) return []
      const isKey = /couldn't find key|references non-existent (?:config|secret) key/i.test(waiting.message)
      const isObject = /(?:configmap|secret) .*not found/i.test(waiting.message)
      if (!isKey && !isObject) return []
      return [
        {
          code: isKey ? 'CONFIG_KEY_MISSING' : 'CONFIG_MISSING',
          subject: subjectOf(workload),
          service: workload.service,
          onset: pod.createdAt,
          message: `${container.name} in ${pod.name} can not be created: ${quote(waiting.message)}`,
          evidence: [pod.evidence],
        },
      ]
    }),
  )
}

/** The kubelet cannot mount what a volume should be filled with. */
function unmounted(view: SnapshotView, pod: Pod): MissingConfiguration[] {
  const event = failedMountOf(view, pod)
  const missing = event === undefined ? null : missingMountSource(event.message)
  if (event === undefined || missing === null) return []
  return [
    {
      code: missing === 'key' ? 'CONFIG_KEY_MISSING' : 'CONFIG_MISSING',
      subject: subjectOfPod(view, pod),
      service: serviceOfPod(view, pod),
      onset: pod.createdAt,
      message: `${pod.name} waits for a volume: ${quote(event.message)}`,
      evidence: [...new Set([pod.evidence, event.evidence])],
    },
  ]
}

/** A process that ended naming a variable which its container does not get. */
function complained(view: SnapshotView, workload: Workload): MissingConfiguration[] {
  return view.livePodsOf(workload).flatMap(pod =>
    pod.containers
      .filter(container => container.endedBefore !== null || container.ended !== null)
      .flatMap(container => {
        const log = view
          .logsOf(pod.name)
          .find(log => log.container === container.name && (log.previous || container.ended !== null))
        const spec = containerSpec(pod.object, container.name)
        const variables = spec === undefined ? null : variablesOf(view, spec)
        if (log === undefined || variables === null || findErrorLine(log) === null) return []
        const text = log.lines.map(line => line.text).join('\n')
        const missing = missingVariables(text).filter(name => !variables.has(name))
        return missing.slice(0, 1).map(name => ({
          code: 'CONFIG_KEY_MISSING' as const,
          subject: subjectOf(workload),
          service: workload.service,
          onset: pod.createdAt,
          message: `${container.name} in ${pod.name} ends because it lacks ${name}, which no env, ConfigMap or Secret gives it`,
          evidence: [...new Set([pod.evidence, log.evidence, ...sourcesOf(view, spec)])],
        }))
      }),
  )
}

const NAME = '\\b([A-Z][A-Z0-9]*_[A-Z0-9_]+)\\b'
const QUOTE = '["\'`]?'
/** How programs say that a variable is missing: the name and the lack on one line, one right after the other. */
const LACKS = [
  `${NAME}${QUOTE}:?,? (?:is |was |are )?(?:not set|required|missing|undefined|not defined|must be set|Invalid input|Required)`,
  `(?:missing|required|undefined|unset|lacks?|need)(?: required)?(?: (?:env(?:ironment)?|config(?:uration)?))?(?: (?:variables?|settings?|keys?))?:? ${QUOTE}${NAME}`,
  `KeyError: ${QUOTE}${NAME}`,
  `(?:→|->) at ${QUOTE}${NAME}`,
].map(pattern => new RegExp(pattern, 'gi'))

/** Names that a log says are missing, for example `→ at CORE_URL` or `JWT_KEY is not set`; none that it shows a value of. */
function missingVariables(text: string): string[] {
  const lines = text.split('\n')
  const lacking = lines.flatMap(line =>
    LACKS.flatMap(lack => [...line.matchAll(lack)].map(match => match[1] ?? '')),
  )
  return [...new Set(lacking)].filter(
    name => name === name.toUpperCase() && !/^(?:E[A-Z]+_|ERR_)/.test(name) && !text.includes(`${name}=`),
  )
}

function sourcesOf(view: SnapshotView, container: unknown): string[] {
  return listAt(container, 'envFrom').flatMap(one => {
    const map = view.objectNamed('ConfigMap', stringAt(one, 'configMapRef.name') ?? '')
    const secret = view.objectNamed('Secret', stringAt(one, 'secretRef.name') ?? '')
    return [...(map === undefined ? [] : [map.evidence]), ...(secret === undefined ? [] : [secret.evidence])]
  })
}
