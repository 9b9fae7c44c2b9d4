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

const PULLING = [
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

// The registries' and the runtimes' own words. The order matters: Docker Hub says "denied" for what does not exist too.
const REASONS: [code: ImageCode, message: string, pattern: RegExp][] = [
  ['IMAGE_RATE_LIMITED', 'the registry limits the rate', /toomanyrequests|rate limit|\b429\b/i],
  [
    'IMAGE_WRONG_ARCHITECTURE',
    'no image for this architecture',
    /no match(?:ing manifest)? for platform|exec format error/i,
  ],
  [
    'IMAGE_REGISTRY_UNREACHABLE',
    'the registry can not be reached',
    /no such host|timeout|timed out|connection refused|network is unreachable|no route to host|deadline exceeded|server misbehaving|\b50[0234]\b/i,
  ],
  [
    'IMAGE_NOT_FOUND',
    'the image does not exist',
    /manifest unknown|not ?found|\b404\b|name unknown|invalid reference|InvalidImageName/i,
  ],
  [
    'IMAGE_AUTH_REFUSED',
    'the registry refuses the credentials',
    /unauthorized|authentication required|denied|\b40[13]\b|no basic auth/i,
  ],
]

/** `host/path:tag` and `host/path@sha256:…`, also as part of a URL. */
const REFERENCE = /[\w.-]+(?::\d+)?(?:\/[\w.-]+)+(?::[\w.-]+)?(?:@sha256:[0-9a-f]+)?|sha256:[0-9a-f]+/gi

/** Images that cannot be pulled, split by why, because each has another remedy. */
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
      title: 'The registry refuses the credentials.',
      layer: 'setting',
      kind: 'process',
      basis: 'observation',
      effects: ['start'],
      cause: { plain: 'IMAGE_AUTH_REFUSED' },
      mechanism: /image|secret/i,
      replay: 'beside-old-pods',
      advice: 'Renew the pull secret; the release itself may be fine.',
    },
    IMAGE_RATE_LIMITED: {
      title: 'The registry limits the rate of pulls.',
      layer: 'setting',
      kind: 'process',
      basis: 'observation',
      effects: ['start'],
      cause: { plain: 'IMAGE_RATE_LIMITED' },
      mechanism: /image/i,
      replay: 'beside-old-pods',
      advice: 'Wait for the registry or sign in to it; the release itself may be fine.',
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
      title: 'The registry of the image does not answer.',
      layer: 'infrastructure',
      kind: 'environment',
      basis: 'observation',
      effects: ['start'],
      cause: { plain: 'IMAGE_REGISTRY_UNREACHABLE' },
      mechanism: null,
      advice: 'Look at the registry and the way to it; the release itself may be fine.',
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
        .flatMap(pod => pod.containers.flatMap(container => pullFault(view, pod, container))),
    ),
})

function pullFault(view: SnapshotView, pod: Pod, container: Container): FindingOf<ImageCode>[] {
  const { waiting } = container
  if (waiting === null || !PULLING.includes(waiting.reason)) return []
  const image = container.image ?? stringAt(containerSpec(pod.object, container.name), 'image') ?? 'unknown'
  // The back-off message hides the reason; the event of the failed pull has it, and the latest counts.
  const events = view
    .eventsOn('Pod', pod.name)
    .filter(one => one.reason === 'Failed' || one.reason === 'ErrImagePull')
    .toSorted((a, b) => (secondsOf(b.lastAt) ?? 0) - (secondsOf(a.lastAt) ?? 0))
  // A tag or a digest is not the registry's word, whatever digits are in it.
  const reasonOf = (message: string) => {
    const words = message.replaceAll(REFERENCE, ' ').replaceAll(image, ' ')
    return REASONS.find(([, , pattern]) => pattern.test(words))
  }
  const own = reasonOf(`${waiting.reason} ${waiting.message}`)
  const source = own === undefined ? events.find(one => reasonOf(one.message) !== undefined) : undefined
  const match = own ?? (source === undefined ? undefined : reasonOf(source.message))
  const [code, problem] = elsewhere(view, pod, image, match) ?? [
    'IMAGE_PULL_FAILS',
    'the image can not be pulled',
  ]
  const message = source?.message ?? waiting.message
  return [
    {
      code,
      subject: subjectOfPod(view, pod),
      service: serviceOfPod(view, pod),
      container: container.name,
      onset: pod.createdAt,
      message: `${problem}: ${quote(image)} of ${container.name}${message === '' ? '' : ` (${quote(message)})`}`,
      evidence: [pod.evidence, ...(source === undefined ? [] : [source.evidence])],
    },
  ]
}

/** A registry that nobody reaches is no release's fault, unless the release is what named another registry. */
function elsewhere(
  view: SnapshotView,
  pod: Pod,
  image: string,
  match: (typeof REASONS)[number] | undefined,
): readonly [code: ImageCode, message: string] | undefined {
  if (match?.[0] !== 'IMAGE_REGISTRY_UNREACHABLE')
    return match === undefined ? undefined : [match[0], match[1]]
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
    ? ['IMAGE_PULL_FAILS', `${match[1]}, and the revision before used another (${before.join(', ')})`]
    : [match[0], match[1]]
}

/** The host of an image's registry; an image without one comes from Docker Hub. */
function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/')
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : 'docker.io'
}
