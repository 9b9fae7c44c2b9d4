const container = { name: 'core', image: 'harbor.goalixa.com:443/goalixa/core:1.5.0', securityContext: {} }
const action = { 'syntra.goalixa.com/action': 'a1' }

/** A Deployment before Syntra changes it. */
export const workloadBefore = {
  metadata: { name: 'core', labels: { app: 'core' }, annotations: { tier: 'A' } },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'core' } },
    template: {
      metadata: { labels: { app: 'core' } },
      spec: { serviceAccountName: 'core', volumes: [{ name: 'tmp' }], containers: [container] },
    },
  },
}
const { spec } = workloadBefore
const marked = { ...workloadBefore.metadata, annotations: action }
const pod = (change: object) => ({
  metadata: marked,
  spec: { ...spec, template: { ...spec.template, spec: { ...spec.template.spec, ...change } } },
})
const restarted = {
  labels: { app: 'core' },
  annotations: { 'kubectl.kubernetes.io/restartedAt': 'now', ...action },
}
const earlier = 'harbor.goalixa.com:443/goalixa/core:1.4.0'

/** The changes of a workload that Syntra makes, each with the object after it. */
export const admittedChanges: [what: string, object: object][] = [
  ['its replicas', { metadata: marked, spec: { ...spec, replicas: 5 } }],
  [
    'its template annotations',
    {
      metadata: workloadBefore.metadata,
      spec: { ...spec, template: { ...spec.template, metadata: restarted } },
    },
  ],
  [
    'the image and variables of an earlier revision',
    pod({ containers: [{ ...container, image: earlier, env: [{ name: 'A', value: '1' }] }] }),
  ],
  [
    'an earlier image by digest',
    pod({ containers: [{ ...container, image: `${earlier}@sha256:${'0'.repeat(64)}` }] }),
  ],
]

/** The changes of a workload that Syntra must not make, whatever was approved. */
export const rejectedChanges: [what: string, object: object][] = [
  [
    'an image from elsewhere',
    pod({ containers: [{ ...container, image: 'harbor.goalixa.com:443/evil/core:1.4.0' }] }),
  ],
  [
    'another registry of the same host',
    pod({ containers: [{ ...container, image: 'harbor.goalixa.com:8443/goalixa/core:1.4.0' }] }),
  ],
  ['a second container', pod({ containers: [container, { ...container, name: 'miner' }] })],
  ['a privileged container', pod({ containers: [{ ...container, securityContext: { privileged: true } }] })],
  ['another service account', pod({ serviceAccountName: 'admin' })],
  ['a volume from the node', pod({ volumes: [{ name: 'root', hostPath: { path: '/' } }] })],
  ['the host network', pod({ hostNetwork: true })],
  ['an init container', pod({ initContainers: [{ ...container, name: 'first' }] })],
  ['zero replicas', { metadata: marked, spec: { ...spec, replicas: 0 } }],
  ['500 replicas', { metadata: marked, spec: { ...spec, replicas: 500 } }],
  ['another selector', { metadata: marked, spec: { ...spec, selector: { matchLabels: { app: 'bff' } } } }],
  ['a paused rollout', { metadata: marked, spec: { ...spec, paused: true } }],
  ['other labels', { metadata: { ...marked, labels: { app: 'other' } }, spec }],
  [
    'a change without the annotation of its action',
    { metadata: workloadBefore.metadata, spec: { ...spec, replicas: 5 } },
  ],
]
