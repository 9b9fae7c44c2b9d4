import { core, job, objectAlert, podAlert, templateOf, workload } from '../build-objects.ts'
import { LOST_NODE } from '../create-test-bed.ts'
import type { ApiObject, Namespace, ObjectFault } from '../object-fault.ts'

const hasEvent = (reason: string) => (namespace: Namespace) =>
  namespace.events.some(event => event.reason === reason)
const MISMATCH = objectAlert('KubeDeploymentReplicasMismatch', { deployment: 'web' })
const PENDING = podAlert('KubePodNotReady')
const LABELS = { 'app.kubernetes.io/name': 'web' }

function unschedulable(name: string, object: ApiObject): ObjectFault {
  return {
    name,
    family: 'scheduling',
    objects: [object],
    isVisible: hasEvent('FailedScheduling'),
    alert: PENDING,
    truth: { causes: ['UNSCHEDULABLE'], subject: 'web' },
  }
}

function refused(
  name: string,
  fault: Pick<ObjectFault, 'objects' | 'labels'>,
  cause: 'PODS_REFUSED' | 'QUOTA_EXCEEDED' = 'PODS_REFUSED',
): ObjectFault {
  return {
    name,
    family: 'admission',
    ...fault,
    isVisible: hasEvent('FailedCreate'),
    alert: MISMATCH,
    truth: { causes: [cause], subject: 'web' },
  }
}

function failedJob(name: string, spec: Record<string, unknown>, isFailing: boolean): ObjectFault {
  const terminated = { exitCode: 1, reason: 'Error' }
  return {
    name,
    family: 'job',
    objects: [job(spec)],
    symptomOf: () =>
      isFailing
        ? {
            phase: 'Failed',
            container: { ready: false, state: { terminated } },
            log: 'Error: 401 Unauthorized\n',
          }
        : undefined,
    isVisible: ({ events }) =>
      events.some(({ reason }) => /BackoffLimitExceeded|DeadlineExceeded/.test(reason)),
    alert: objectAlert('KubeJobFailed', { job_name: 'import', condition: 'true' }),
    truth: { causes: ['JOB_FAILED'], subject: 'import' },
  }
}

const ON_LOST_NODE = {
  nodeSelector: { 'kubernetes.io/hostname': LOST_NODE },
  tolerations: [{ key: 'dedicated', operator: 'Exists' }],
}
const QUOTA = core('ResourceQuota', 'small', { spec: { hard: { pods: '1' } } })
const RANGE = core('LimitRange', 'small', {
  spec: { limits: [{ type: 'Container', max: { memory: '64Mi' }, default: { memory: '64Mi' } }] },
})
const SPREAD = {
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { labelSelector: { matchLabels: LABELS }, topologyKey: 'kubernetes.io/hostname' },
    ],
  },
}
const service = (spec: Record<string, unknown>) =>
  core('Service', 'web', {
    spec: { selector: LABELS, ports: [{ name: 'http', port: 80, targetPort: 'http' }], ...spec },
  })

/** What the scheduler, admission and the controllers of a real control plane refuse or report by themselves. */
export const clusterFaults: ObjectFault[] = [
  unschedulable(
    'more CPU than any node has',
    workload('Deployment', { container: { resources: { requests: { cpu: '900' } } } }),
  ),
  unschedulable(
    'more memory than any node has',
    workload('Deployment', { container: { resources: { requests: { memory: '4Ti' } } } }),
  ),
  unschedulable(
    'a node selector that no node matches',
    workload('Deployment', { spec: { nodeSelector: { disk: 'ssd' } } }),
  ),
  unschedulable(
    'more replicas than nodes under anti-affinity',
    workload('Deployment', { spec: { affinity: SPREAD } }, { replicas: 6 }),
  ),
  refused(
    'a quota of fewer pods',
    { objects: [QUOTA, workload('Deployment', {}, { replicas: 3 })] },
    'QUOTA_EXCEEDED',
  ),
  refused('a limit range of less memory', { objects: [RANGE, workload('Deployment')] }),
  refused('the restricted pod security standard', {
    labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
    objects: [workload('Deployment')],
  }),
  refused('a service account that does not exist', {
    objects: [workload('Deployment', { spec: { serviceAccountName: 'nobody' } })],
  }),
  failedJob('a Job whose pod fails', {}, true),
  failedJob('a Job that exceeds its deadline', { activeDeadlineSeconds: 2 }, false),
  {
    name: 'a Service that selects labels that no pod has',
    family: 'service',
    objects: [workload('Deployment'), service({ selector: { 'app.kubernetes.io/name': 'wbe' } })],
    isVisible: ({ pods }) => pods.filter(({ status }) => status?.phase === 'Running').length === 2,
    alert: objectAlert('WebErrorBudgetBurn', { service: 'web' }),
    truth: { causes: ['SERVICE_SELECTOR_MISMATCH'], subject: 'web' },
  },
  {
    name: 'a Service that targets a port that no container names',
    family: 'service',
    objects: [workload('Deployment'), service({ ports: [{ name: 'http', port: 80, targetPort: 'web' }] })],
    isVisible: ({ pods }) => pods.filter(({ status }) => status?.phase === 'Running').length === 2,
    alert: objectAlert('WebErrorBudgetBurn', { service: 'web' }),
    truth: { causes: ['SERVICE_PORT_MISMATCH'], subject: 'web' },
  },
  {
    name: 'a rollout that was paused',
    family: 'rollout',
    objects: [workload('Deployment')],
    change: {
      kind: 'Deployment',
      name: 'web',
      patch: {
        spec: { paused: true, template: templateOf({ container: { image: 'registry.example/shop/web:3' } }) },
      },
    },
    isVisible: ({ pods }) => pods.filter(({ status }) => status?.phase === 'Running').length === 2,
    alert: objectAlert('KubeDeploymentRolloutStuck', { deployment: 'web' }),
    truth: { causes: ['ROLLOUT_PAUSED'], subject: 'web' },
  },
  {
    name: 'pods of a node that is lost',
    family: 'node',
    objects: [workload('Deployment', { spec: ON_LOST_NODE })],
    stopsNode: true,
    isVisible: ({ pods }) =>
      pods.length > 0 &&
      pods.every(pod => {
        return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status !== 'True')
      }),
    alert: MISMATCH,
    truth: { causes: ['NODE_NOT_READY'], subject: LOST_NODE },
  },
  {
    name: 'a bare pod that was evicted',
    family: 'pod',
    objects: [{ apiVersion: 'v1', kind: 'Pod', ...templateOf(), metadata: { name: 'lonely' } }],
    symptomOf: () => ({
      phase: 'Failed',
      status: { reason: 'Evicted', message: 'The node was low on resource: memory.' },
      container: { ready: false, state: { terminated: { exitCode: 137, reason: 'Error' } } },
    }),
    alert: PENDING,
    truth: { causes: ['POD_EVICTED'], subject: 'lonely' },
  },
  {
    name: 'a bare pod that failed',
    family: 'pod',
    objects: [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        ...templateOf({ spec: { restartPolicy: 'Never' } }),
        metadata: { name: 'lonely' },
      },
    ],
    symptomOf: () => ({
      phase: 'Failed',
      container: { ready: false, state: { terminated: { exitCode: 2, reason: 'Error' } } },
      log: 'Error: no input file\n',
    }),
    alert: PENDING,
    truth: { causes: ['POD_FAILED'], subject: 'lonely' },
  },
]
