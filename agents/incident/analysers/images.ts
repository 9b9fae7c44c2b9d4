import { secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { containerSpec } from '../../snapshot/objects/container-spec.ts'
import { listAt, stringAt } from '../../snapshot/objects/json-path.ts'
import type { Container, Pod } from '../../snapshot/objects/pod.ts'
import { quote } from '../../snapshot/text/quote.ts'
import type { Finding } from '../verdict.ts'
import { type Analyser, merged, serviceOfPod, subjectOfPod } from './analyser.ts'

const PULLING = [
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
]

// The registries' and the runtimes' own words. The order matters: Docker Hub says "denied" for what does not exist too.
const REASONS: [code: string, message: string, pattern: RegExp][] = [
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

/** Images that can not be pulled, split by why, because each has another remedy. */
export const images: Analyser = view =>
  merged(
    view.pods
      .filter(pod => !pod.isDeleting)
      .flatMap(pod => pod.containers.flatMap(container => pullFault(view, pod, container))),
  )

function pullFault(view: SnapshotView, pod: Pod, container: Container): Finding[] {
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
): readonly [code: string, message: string] | undefined {
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
