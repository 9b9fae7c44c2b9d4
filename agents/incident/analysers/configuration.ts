import { findFailedMount, parseMissingMountSource } from '../../snapshot/failed-mount.ts'
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
import { SETTINGS } from './change-patterns.ts'
import { defineAnalyser } from './define-analyser.ts'

/** The kubelet's reasons for a container that it could not create. */
const CREATION_ERRORS = ['CreateContainerConfigError', 'CreateContainerError']

/** ConfigMaps, Secrets and keys that a pod references and that do not exist, and the variable or volume that references them. */
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
      title: 'A ConfigMap or Secret lacks a key that a pod needs.',
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
    ...mergeFindings([
      ...view.workloads.flatMap(workload => findDanglingReferences(view, workload)),
      ...view.pods
        .filter(pod => !pod.isDeleting && !pod.isCompleted)
        .flatMap(pod => [...findCreationErrors(view, pod), ...findMissingVariables(view, pod)]),
    ]),
    ...mergeFindings(view.pods.flatMap(pod => findMissingMountSource(view, pod))),
  ],
})

type MissingConfiguration = FindingOf<'CONFIG_MISSING' | 'CONFIG_KEY_MISSING'>

function findDanglingReferences(view: SnapshotView, workload: Workload): MissingConfiguration[] {
  const revision = view.revisionsOf(workload)[0]
  const dangling = referencesOf(workload.template)
    .filter(reference => !reference.isOptional)
    .flatMap(reference => {
      const read = view.listingOf(reference.kind)
      const found = view.objectNamed(reference.kind, reference.name)
      // An object that is not in an incomplete listing may exist.
      if (found === undefined && !view.knowsAll(reference.kind)) return []
      const evidence = [workload.evidence, found?.evidence ?? read?.evidence ?? '']
      if (found === undefined)
        return [danglingReference('CONFIG_MISSING', workload, revision, reference, evidence)]
      if (reference.key === null || keysOf(found.object).includes(reference.key)) return []
      return [danglingReference('CONFIG_KEY_MISSING', workload, revision, reference, evidence)]
    })
  // A missing key affects only pods that start after it went missing: running pods keep what they were given.
  return hasUnreadyPods(view, workload) ? dangling : []
}

function hasUnreadyPods(view: SnapshotView, workload: Workload): boolean {
  return (
    view.livePodsOf(workload).some(pod => pod.isReady !== true) || workload.ready < (workload.desired ?? 0)
  )
}

function danglingReference(
  code: MissingConfiguration['code'],
  workload: Workload,
  revision: Revision | undefined,
  { kind, name, key, wantedBy }: Reference,
  evidence: string[],
): MissingConfiguration {
  const use = wantedBy === 'envFrom' ? 'in envFrom' : `for ${wantedBy}`
  return {
    code,
    subject: subjectOf(workload),
    service: workload.service,
    onset: revision?.createdAt ?? null,
    message:
      code === 'CONFIG_MISSING'
        ? `${workload.name} references ${kind} ${name} ${use}, but the ${kind} does not exist`
        : `${workload.name} references key ${key} of ${kind} ${name} ${use}, but the ${kind} has no such key`,
    evidence: [...new Set(evidence)],
  }
}

/** By the kubelet's own message, for where the ConfigMap or Secret itself could not be read. */
function findCreationErrors(view: SnapshotView, pod: Pod): MissingConfiguration[] {
  return pod.containers.flatMap(container => {
    const { waiting } = container
    if (waiting === null || !CREATION_ERRORS.includes(waiting.reason)) return []
    const isKey = /couldn't find key|references non-existent (?:config|secret) key/i.test(waiting.message)
    const isObject = /(?:configmap|secret) .*not found/i.test(waiting.message)
    if (!isKey && !isObject) return []
    return [
      {
        code: isKey ? 'CONFIG_KEY_MISSING' : 'CONFIG_MISSING',
        subject: subjectOfPod(view, pod),
        service: serviceOfPod(view, pod),
        onset: pod.createdAt,
        message: `container ${container.name} of ${pod.name} cannot be created: ${quote(waiting.message)}`,
        evidence: [pod.evidence],
      },
    ]
  })
}

/** By the kubelet's event about a volume whose ConfigMap, Secret or key does not exist. */
function findMissingMountSource(view: SnapshotView, pod: Pod): MissingConfiguration[] {
  const event = findFailedMount(view, pod)
  const missing = event === undefined ? null : parseMissingMountSource(event.message)
  if (event === undefined || missing === null) return []
  return [
    {
      code: missing === 'key' ? 'CONFIG_KEY_MISSING' : 'CONFIG_MISSING',
      subject: subjectOfPod(view, pod),
      service: serviceOfPod(view, pod),
      onset: pod.createdAt,
      message: `${pod.name} cannot mount a volume: ${quote(event.message)}`,
      evidence: [...new Set([pod.evidence, event.evidence])],
    },
  ]
}

/** By the log of a process that exited and named a variable that its container is not given. */
function findMissingVariables(view: SnapshotView, pod: Pod): MissingConfiguration[] {
  return pod.containers
    .filter(container => container.endedBefore !== null || container.ended !== null)
    .flatMap(container => {
      const log = view
        .logsOf(pod.name)
        .find(log => log.container === container.name && (log.previous || container.ended !== null))
      const spec = containerSpec(pod.object, container.name)
      const variables = spec === undefined ? null : variablesOf(view, spec)
      if (log === undefined || variables === null || findErrorLine(log) === null) return []
      const text = log.lines.map(line => line.text).join('\n')
      const missing = variablesReportedMissing(text).filter(name => !variables.has(name))
      return missing.slice(0, 1).map(name => ({
        code: 'CONFIG_KEY_MISSING' as const,
        subject: subjectOfPod(view, pod),
        service: serviceOfPod(view, pod),
        onset: pod.createdAt,
        detail: { kind: 'variable-demanded' as const },
        message: `container ${container.name} of ${pod.name} exits because ${name} is not set: no env entry, ConfigMap or Secret provides it`,
        evidence: [...new Set([pod.evidence, log.evidence, ...sourcesOf(view, spec)])],
      }))
    })
}

const NAME = '\\b([A-Z][A-Z0-9]*_[A-Z0-9_]+)\\b'
const QUOTE = '["\'`]?'
/** How programs report a missing variable: its name on the same line, right beside the complaint. */
const MISSING_VARIABLE = [
  `${NAME}${QUOTE}:?,? (?:is |was |are )?(?:not set|required|missing|undefined|not defined|must be set|Invalid input|Required)`,
  `(?:missing|required|undefined|unset|lacks?|need)(?: required)?(?: (?:env(?:ironment)?|config(?:uration)?))?(?: (?:variables?|settings?|keys?))?:? ${QUOTE}${NAME}`,
  `KeyError: ${QUOTE}${NAME}`,
  `(?:→|->) at ${QUOTE}${NAME}`,
].map(pattern => new RegExp(pattern, 'gi'))

/** The variables that a log reports as missing, for example `→ at CORE_URL` or `JWT_KEY is not set`; none whose value it prints. */
function variablesReportedMissing(text: string): string[] {
  const lines = text.split('\n')
  const reported = lines.flatMap(line =>
    MISSING_VARIABLE.flatMap(pattern => [...line.matchAll(pattern)].map(match => match[1] ?? '')),
  )
  return [...new Set(reported)].filter(
    name => name === name.toUpperCase() && !/^(?:E[A-Z]+_|ERR_)/.test(name) && !text.includes(`${name}=`),
  )
}

function sourcesOf(view: SnapshotView, container: unknown): string[] {
  return listAt(container, 'envFrom').flatMap(source => {
    const map = view.objectNamed('ConfigMap', stringAt(source, 'configMapRef.name') ?? '')
    const secret = view.objectNamed('Secret', stringAt(source, 'secretRef.name') ?? '')
    return [...(map === undefined ? [] : [map.evidence]), ...(secret === undefined ? [] : [secret.evidence])]
  })
}
