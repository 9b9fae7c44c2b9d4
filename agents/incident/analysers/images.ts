import { joinWords } from '@goalixa/chassis/join-words'
import { secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { mergeNeeds, PODS } from '../../snapshot/needs.ts'
import { containerSpec } from '../../snapshot/objects/container-spec.ts'
import { listAt, stringAt } from '../../snapshot/objects/json-path.ts'
import type { Container, Pod } from '../../snapshot/objects/pod.ts'
import { quote } from '../../snapshot/text/quote.ts'
import type { FindingOf } from '../findings/finding-shape.ts'
import { mergeFindings } from '../findings/merge-findings.ts'
import { serviceOfPod, subjectOfPod } from '../findings/subject.ts'
import { defineAnalyser } from './define-analyser.ts'

/** The kubelet's reasons for a container whose image it could not pull. */
const PULL_ERRORS = [
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
]

type ImageCode =
  | 'IMAGE_NOT_FOUND'
  | 'IMAGE_AUTH_REFUSED'
  | 'IMAGE_RATE_LIMITED'
  | 'IMAGE_WRONG_ARCHITECTURE'
  | 'IMAGE_REGISTRY_UNREACHABLE'
  | 'IMAGE_PULL_FAILS'

// Matched in the messages of registries and runtimes. The order matters: Docker Hub answers "denied" for a missing image too.
const REASONS: [code: ImageCode, reason: string, pattern: RegExp][] = [
  ['IMAGE_RATE_LIMITED', 'the registry limits the rate of pulls', /toomanyrequests|rate limit|\b429\b/i],
  [
    'IMAGE_WRONG_ARCHITECTURE',
    'it has no variant for the architecture of the node',
    /no match(?:ing manifest)? for platform|exec format error/i,
  ],
  [
    'IMAGE_REGISTRY_UNREACHABLE',
    'the registry cannot be reached',
    /no such host|timeout|timed out|connection refused|network is unreachable|no route to host|deadline exceeded|server misbehaving|\b50[0234]\b/i,
  ],
  [
    'IMAGE_NOT_FOUND',
    'it does not exist in the registry',
    /manifest unknown|not ?found|\b404\b|name unknown|invalid reference|InvalidImageName/i,
  ],
  [
    'IMAGE_AUTH_REFUSED',
    'the registry rejects the credentials',
    /unauthorized|authentication required|denied|\b40[13]\b|no basic auth/i,
  ],
]

/** Matches image references, `host/path:tag` and `host/path@sha256:…`, also inside a URL. */
const REFERENCE = /[\w.-]+(?::\d+)?(?:\/[\w.-]+)+(?::[\w.-]+)?(?:@sha256:[0-9a-f]+)?|sha256:[0-9a-f]+/gi

/** Images that cannot be pulled, by reason, because each reason has a different remedy. */
export const images = defineAnalyser({
  needs: mergeNeeds(PODS, { reads: ['events'] }),
  findings: {
    IMAGE_NOT_FOUND: {
      title: 'The image does not exist in the registry.',
      layer: 'setting',
      kind: 'process',
      basis: 'observation',
      effects: ['start'],
      cause: { plain: 'IMAGE_NOT_FOUND' },
      mechanism: /image/i,
      replay: 'beside-old-pods',
    },
    IMAGE_AUTH_REFUSED: {
      title: 'The registry rejects the pull credentials.',
      layer: 'setting',
      kind: 'process',
      basis: 'observation',
      effects: ['start'],
      cause: { plain: 'IMAGE_AUTH_REFUSED' },
      mechanism: /image|secret/i,
      replay: 'beside-old-pods',
      advice: 'Renew the image pull secret. The release itself may be fine.',
    },
    IMAGE_RATE_LIMITED: {
      title: 'The registry limits the rate of image pulls.',
      layer: 'setting',
      kind: 'process',
      basis: 'observation',
      effects: ['start'],
      cause: { plain: 'IMAGE_RATE_LIMITED' },
      mechanism: /image/i,
      replay: 'beside-old-pods',
      advice: 'Wait for the rate limit to reset, or pull with credentials. The release itself may be fine.',
    },
    IMAGE_WRONG_ARCHITECTURE: {
      title: 'The image has no variant for the architecture of the node.',
      layer: 'setting',
      kind: 'process',
      basis: 'observation',
      effects: ['start'],
      cause: { plain: 'IMAGE_WRONG_ARCHITECTURE' },
      mechanism: /image/i,
      replay: 'beside-old-pods',
    },
    IMAGE_REGISTRY_UNREACHABLE: {
      title: 'The image registry cannot be reached.',
      layer: 'infrastructure',
      kind: 'environment',
      basis: 'observation',
      effects: ['start'],
      cause: { plain: 'IMAGE_REGISTRY_UNREACHABLE' },
      mechanism: null,
      advice: 'Check the registry and the network path to it. The release itself may be fine.',
    },
    IMAGE_PULL_FAILS: {
      title: 'The image cannot be pulled.',
      layer: 'setting',
      kind: 'process',
      basis: 'observation',
      effects: ['start'],
      cause: { plain: 'IMAGE_PULL_FAILS' },
      mechanism: /image/i,
      replay: 'beside-old-pods',
    },
  },
  run: view =>
    mergeFindings(
      view.pods
        .filter(pod => !pod.isDeleting)
        .flatMap(pod => pod.containers.flatMap(container => findPullFailure(view, pod, container))),
    ),
})

function findPullFailure(view: SnapshotView, pod: Pod, container: Container): FindingOf<ImageCode>[] {
  const { waiting } = container
  if (waiting === null || !PULL_ERRORS.includes(waiting.reason)) return []
  const image = container.image ?? stringAt(containerSpec(pod.object, container.name), 'image') ?? 'unknown'
  // The back-off message hides the reason; the latest event of a failed pull has it.
  const events = view
    .eventsOn('Pod', pod.name)
    .filter(event => event.reason === 'Failed' || event.reason === 'ErrImagePull')
    .toSorted((a, b) => (secondsOf(b.lastAt) ?? 0) - (secondsOf(a.lastAt) ?? 0))
  // A tag or digest may contain a number such as 404, which is no status of the registry.
  const reasonOf = (message: string) => {
    const text = message.replaceAll(REFERENCE, ' ').replaceAll(image, ' ')
    return REASONS.find(([, , pattern]) => pattern.test(text))
  }
  const own = reasonOf(`${waiting.reason} ${waiting.message}`)
  const source = own === undefined ? events.find(event => reasonOf(event.message) !== undefined) : undefined
  const match = own ?? (source === undefined ? undefined : reasonOf(source.message))
  const { code, reason } = attributeFailure(view, pod, image, match)
  const cause = reason === null ? '' : `: ${reason}`
  const message = source?.message ?? waiting.message
  return [
    {
      code,
      subject: subjectOfPod(view, pod),
      service: serviceOfPod(view, pod),
      container: container.name,
      onset: pod.createdAt,
      message: `image ${quote(image)} of container ${container.name} cannot be pulled${cause}${message === '' ? '' : ` (${quote(message)})`}`,
      evidence: [pod.evidence, ...(source === undefined ? [] : [source.evidence])],
    },
  ]
}

/** An unreachable registry is not the fault of a release, unless the release switched to that registry. */
function attributeFailure(
  view: SnapshotView,
  pod: Pod,
  image: string,
  match: (typeof REASONS)[number] | undefined,
): { code: ImageCode; reason: string | null } {
  if (match === undefined) return { code: 'IMAGE_PULL_FAILS', reason: null }
  const [code, reason] = match
  if (code !== 'IMAGE_REGISTRY_UNREACHABLE') return { code, reason }
  const workload = view.workloadOfPod(pod)
  const previous =
    workload === undefined
      ? undefined
      : view.revisionsOf(workload).find(revision => revision.hash !== pod.revision)
  const before = listAt(previous?.template, 'spec.containers').map(container =>
    registryOf(stringAt(container, 'image') ?? ''),
  )
  const isNew = previous !== undefined && !before.includes(registryOf(image))
  return isNew
    ? {
        code: 'IMAGE_PULL_FAILS',
        reason: `${reason}, and the previous revision used another one, ${joinWords(before)}`,
      }
    : { code, reason }
}

/** The host of an image's registry; an image that names none comes from Docker Hub. */
function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/')
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : 'docker.io'
}
