/** The commits of the two deployments in the fixture's history: the newer one is bad. */
export const GOOD = 'a'.repeat(40)
/** The commit that is deployed. */
export const BAD = 'b'.repeat(40)

/** An Application as Argo CD's API gives it; `more` replaces fields of its parts. */
export function application(more: { spec?: object; status?: object; metadata?: object } = {}) {
  return {
    metadata: { name: 'core', namespace: 'argocd', ...more.metadata },
    spec: {
      project: 'goalixa-production',
      destination: { server: 'https://kubernetes.default.svc', namespace: 'goalixa-production' },
      source: { repoURL: 'https://git/goalixa/deploy', path: 'production/core', targetRevision: 'main' },
      syncPolicy: { automated: { selfHeal: true } },
      ...more.spec,
    },
    status: {
      sync: { status: 'Synced', revision: BAD },
      health: { status: 'Degraded' },
      summary: { images: ['core:1.5.0'] },
      resources: [
        {
          group: 'apps',
          kind: 'Deployment',
          namespace: 'goalixa-production',
          name: 'core',
          status: 'Synced',
          health: { status: 'Degraded' },
        },
      ],
      operationState: {
        phase: 'Succeeded',
        message: 'successfully synced',
        startedAt: '2026-02-24T10:00:00Z',
        finishedAt: '2026-02-24T10:00:05Z',
        operation: { sync: { revision: BAD }, info: [{ name: 'syntra.goalixa.com/action', value: 'act-1' }] },
        syncResult: { revision: BAD },
      },
      history: [
        { id: 4, revision: GOOD, deployedAt: '2026-02-23T10:00:05Z', initiatedBy: { username: 'jane' } },
        {
          id: 5,
          revision: BAD,
          deployedAt: '2026-02-24T10:00:05Z',
          deployStartedAt: '2026-02-24T10:00:00Z',
          initiatedBy: { automated: true },
        },
      ],
      ...more.status,
    },
  }
}
