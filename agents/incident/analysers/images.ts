import type { Finding } from '../verdict.ts'
import type { Container, Pod } from '../view/pod.ts'
import { quote } from '../view/quote.ts'
import type { View } from '../view/view.ts'
import { type Analyser, merged, serviceOfPod, subjectOfPod } from './analyser.ts'

const PULLING = [
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
]

// The registries' and the runtimes' own words. The order matters: Docker Hub says "denied" for what does not exist too.
const REASONS: [code: string, says: string, pattern: RegExp][] = [
  ['IMAGE_RATE_LIMITED', 'the registry limits the rate', /toomanyrequests|rate limit|\b429\b/i],
  [
    'IMAGE_WRONG_ARCHITECTURE',
    'no image for this architecture',
    /no match(?:ing manifest)? for platform|exec format error/i,
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

function pullFault(view: View, pod: Pod, container: Container): Finding[] {
  const { waiting } = container
  if (waiting === null || !PULLING.includes(waiting.reason)) return []
  // The back-off message hides the reason; the event of the failed pull has it.
  const events = view
    .eventsOn('Pod', pod.name)
    .filter(one => one.reason === 'Failed' || one.reason === 'ErrImagePull')
  const image = container.image ?? imageOf(pod, container.name)
  // A tag or a digest is not the registry's word, whatever digits are in it.
  const wordsOf = (message: string) => message.replaceAll(REFERENCE, ' ').replaceAll(image, ' ')
  const told = [`${waiting.reason} ${waiting.message}`, ...events.map(one => one.message)].map(wordsOf)
  const match = REASONS.find(([, , pattern]) => told.some(text => pattern.test(text)))
  const [code, says] = match ?? ['IMAGE_PULL_FAILS', 'the image can not be pulled']
  const source = events.find(one => match?.[2].test(wordsOf(one.message)))
  const message = source?.message ?? waiting.message
  return [
    {
      code,
      subject: subjectOfPod(view, pod),
      service: serviceOfPod(view, pod),
      onset: pod.createdAt,
      says: `${says}: ${quote(image)} of ${container.name}${message === '' ? '' : ` (${quote(message)})`}`,
      evidence: [pod.evidence, ...(source === undefined ? [] : [source.evidence])],
    },
  ]
}

function imageOf(pod: Pod, name: string): string {
  const spec = pod.object.spec as { containers?: { name?: string; image?: string }[] } | undefined
  return spec?.containers?.find?.(one => one?.name === name)?.image ?? 'unknown'
}
