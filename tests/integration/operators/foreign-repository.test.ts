import { createAnsweringServer } from '@goalixa/tools/testing/answering-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type ClusterObject,
  containerStatus,
  deployment,
  ended,
  minutesAgo,
  node,
  ownedBy,
  pod,
  unreadyStatus,
} from './cluster-objects.ts'
import { startCases } from './start-case.ts'

// Report of an operator: Argo CD deploys from a repository on a host that Syntra has no access to, while GitHub is configured for others.
const NAMESPACE = 'payments'
const [GOOD, BAD] = ['a'.repeat(40), 'b'.repeat(40)]

let cases: Awaited<ReturnType<typeof startCases>>
beforeAll(async () => {
  cases = await startCases()
})
afterAll(() => cases.stop())

test.each([
  'https://gitlab.example.com/platform/apps/deploy.git',
  'https://hunter2secret@GitLab.example.com:443/platform/apps/deploy/',
])('a release from %s is neither read nor reverted on GitHub', async repoURL => {
  const argocd = await createAnsweringServer(({ path }) => answerOfArgocd(path, repoURL))
  // It has a mirror with the same commits: a merge there would deploy nothing.
  const github = await createAnsweringServer(({ path }) => ({
    body: path.includes('/compare/') ? MIRROR : {},
  }))
  const { verdict, investigation, incidents, report } = await cases.investigate({
    objects: [node('worker-1'), ...failingRelease('billing')],
    logs: { 'billing-7d5c9b8f66-xk7pq/billing/previous': 'Error: column "fee_cents" does not exist\n' },
    alerts: [
      {
        startsAt: minutesAgo(5),
        labels: {
          alertname: 'KubePodCrashLooping',
          namespace: NAMESPACE,
          pod: 'billing-7d5c9b8f66-xk7pq',
          container: 'billing',
          severity: 'warning',
        },
      },
    ],
    settings: {
      ARGOCD_URL: argocd.url,
      ARGOCD_TOKEN: 't',
      GITHUB_URL: github.url,
      GITHUB_TOKEN: 't',
      GITHUB_GIT_HOSTS: 'github.com',
    },
  })
  await Promise.all([argocd.close(), github.close()])

  expect(github.asked).toEqual([])
  expect(verdict).toMatchObject({ outcome: 'cause', causes: [{ subject: { name: 'billing' } }] })
  expect(incidents).toMatchObject([{ action: null }])
  expect(report).toMatch(/proposes no revert.*gitlab\.example\.com.*platform\/apps\/deploy.*GITHUB_URL/)
  expect(report).toContain('what changed from commit aaaaaaa to bbbbbbb')
  expect(JSON.stringify(investigation) + report).not.toContain('hunter2')
})

const MIRROR = {
  status: 'ahead',
  commits: [{ sha: BAD, commit: { message: 'billing 1.8.0' } }],
  files: [{ filename: 'billing/deployment.yaml', status: 'modified', patch: '-1.7.0\n+1.8.0' }],
}

function answerOfArgocd(path: string, repoURL: string) {
  const name = 'billing'
  const resource = { group: 'apps', kind: 'Deployment', namespace: NAMESPACE, name, status: 'Synced' }
  const deployed = (id: number, revision: string, minutes: number) => ({
    id,
    revision,
    deployedAt: minutesAgo(minutes),
    deployStartedAt: minutesAgo(minutes),
    initiatedBy: { automated: true },
  })
  const app = {
    metadata: { name, namespace: 'argocd' },
    spec: {
      project: 'default',
      destination: { namespace: NAMESPACE, server: 'https://kubernetes.default.svc' },
      source: { repoURL, path: name, targetRevision: 'main' },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
    },
    status: {
      sync: { status: 'Synced', revision: BAD },
      health: { status: 'Degraded' },
      resources: [{ ...resource, health: { status: 'Degraded' } }],
      operationState: {
        phase: 'Succeeded',
        startedAt: minutesAgo(19),
        finishedAt: minutesAgo(19),
        syncResult: { revision: BAD, resources: [] },
      },
      history: [deployed(1, GOOD, 9_000), deployed(2, BAD, 19)],
    },
  }
  const answers: Record<string, unknown> = {
    '/applications': { items: [app] },
    [`/applications/${name}`]: app,
    [`/applications/${name}/managed-resources`]: { items: [] },
    [`/applications/${name}/syncwindows`]: { canSync: true },
  }
  return { body: answers[new URL(path, 'http://argocd').pathname.replace('/api/v1', '')] ?? {} }
}

/** A Deployment whose second revision crashes, beside the pod of the first. */
function failingRelease(name: string): ClusterObject[] {
  const [workload, replicaSet, healthy] = deployment({ namespace: NAMESPACE, name })
  if (!workload || !replicaSet || !healthy) throw new Error('a deployment has three objects')
  const createdAt = minutesAgo(19)
  const hash = '7d5c9b8f66'
  const labels = { app: name, 'pod-template-hash': hash }
  const revision = { 'deployment.kubernetes.io/revision': '4' }
  const template = (version: string, labels: object) => ({
    metadata: { labels },
    spec: { containers: [{ name, image: `registry.example.net/${name}:${version}` }] },
  })
  return [
    {
      ...workload,
      metadata: { ...workload.metadata, annotations: revision },
      spec: { ...workload.spec, replicas: 2, template: template('1.8.0', { app: name }) },
      status: {
        replicas: 2,
        updatedReplicas: 1,
        readyReplicas: 1,
        availableReplicas: 1,
        unavailableReplicas: 1,
      },
    },
    replicaSet,
    healthy,
    {
      ...replicaSet,
      metadata: {
        namespace: NAMESPACE,
        name: `${name}-${hash}`,
        creationTimestamp: createdAt,
        labels,
        annotations: revision,
        ownerReferences: ownedBy('apps/v1', 'Deployment', name),
      },
      spec: { replicas: 1, selector: { matchLabels: labels }, template: template('1.8.0', labels) },
      status: { replicas: 1 },
    },
    pod({
      namespace: NAMESPACE,
      name: `${name}-${hash}-xk7pq`,
      createdAt,
      labels,
      owner: ownedBy('apps/v1', 'ReplicaSet', `${name}-${hash}`),
      containers: [{ name, image: `registry.example.net/${name}:1.8.0` }],
      status: unreadyStatus('Running', createdAt, {
        containerStatuses: [
          containerStatus(name, {
            restartCount: 8,
            state: {
              waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' },
            },
            lastState: ended(1, 'Error', 2),
          }),
        ],
      }),
    }),
  ]
}
