import type { CauseCode } from '@goalixa/agents/incident/analysers/registry'
import {
  core,
  isReleased,
  podAlert,
  RELEASE,
  release,
  unpullable,
  waiting,
  workload,
} from '../build-objects.ts'
import type { ObjectFault, PodObject, Symptom } from '../object-fault.ts'

const released = (symptom: () => Symptom) => (pod: PodObject) => (isReleased(pod) ? symptom() : undefined)
const NOT_READY = podAlert('KubePodNotReady', isReleased)
const VOLUME = (source: Record<string, unknown>) => ({ volumes: [{ name: 'files', ...source }] })

function imageFault(name: string, cause: CauseCode, detail: string): ObjectFault {
  return {
    name,
    family: 'image',
    objects: [workload('Deployment')],
    change: release(),
    symptomOf: released(() => unpullable(RELEASE, detail)),
    alert: NOT_READY,
    truth: { causes: [cause], subject: 'web' },
  }
}

function configFault(
  name: string,
  cause: 'CONFIG_MISSING' | 'CONFIG_KEY_MISSING',
  from: Record<string, unknown>,
  message: string,
): ObjectFault {
  return {
    name,
    family: 'configuration',
    objects: [core('ConfigMap', 'settings', { data: { level: 'info' } }), workload('Deployment')],
    change: release({ env: [{ name: 'KEY', valueFrom: from }] }),
    symptomOf: released(() =>
      waiting('CreateContainerConfigError', message, { reason: 'Failed', message: `Error: ${message}` }),
    ),
    alert: NOT_READY,
    truth: { causes: [cause], subject: 'web' },
  }
}

/** Containers that cannot start: images, settings, volumes. */
export const startFaults: ObjectFault[] = [
  imageFault(
    'an image that does not exist',
    'IMAGE_NOT_FOUND',
    `failed to resolve reference "${RELEASE}": ${RELEASE}: not found`,
  ),
  imageFault(
    'an image of a private registry',
    'IMAGE_AUTH_REFUSED',
    'failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized',
  ),
  imageFault(
    'a registry that limits the rate',
    'IMAGE_RATE_LIMITED',
    'unexpected status: 429 Too Many Requests - toomanyrequests: You have reached your pull rate limit.',
  ),
  imageFault(
    'a registry that does not answer',
    'IMAGE_REGISTRY_UNREACHABLE',
    'failed to do request: Head "https://registry.example/v2/": dial tcp 192.0.2.4:443: i/o timeout',
  ),
  imageFault(
    'an image for another architecture',
    'IMAGE_WRONG_ARCHITECTURE',
    'no match for platform in manifest: not found',
  ),
  configFault(
    'a Secret that does not exist',
    'CONFIG_MISSING',
    { secretKeyRef: { name: 'nowhere', key: 'k' } },
    'secret "nowhere" not found',
  ),
  configFault(
    'a ConfigMap that does not exist',
    'CONFIG_MISSING',
    { configMapKeyRef: { name: 'nowhere', key: 'k' } },
    'configmap "nowhere" not found',
  ),
  configFault(
    'a key that a ConfigMap does not have',
    'CONFIG_KEY_MISSING',
    { configMapKeyRef: { name: 'settings', key: 'missing' } },
    "couldn't find key missing in ConfigMap settings",
  ),
  {
    name: 'a volume of a ConfigMap that does not exist',
    family: 'volume',
    objects: [workload('Deployment', { spec: VOLUME({ configMap: { name: 'nowhere' } }) })],
    symptomOf: () =>
      waiting('ContainerCreating', '', {
        reason: 'FailedMount',
        message: 'MountVolume.SetUp failed for volume "files" : configmap "nowhere" not found',
      }),
    alert: podAlert('KubePodNotReady'),
    truth: { causes: ['CONFIG_MISSING', 'VOLUME_NOT_MOUNTED'], subject: 'web' },
  },
  {
    name: 'a volume that another node holds',
    family: 'volume',
    objects: [workload('Deployment', { spec: VOLUME({ emptyDir: {} }) })],
    symptomOf: () =>
      waiting('ContainerCreating', '', {
        reason: 'FailedAttachVolume',
        message:
          'Multi-Attach error for volume "pvc-1" Volume is already exclusively attached to one node and can\'t be attached to another',
      }),
    alert: podAlert('KubePodNotReady'),
    truth: { causes: ['VOLUME_NOT_MOUNTED'], subject: 'web' },
  },
  {
    name: 'a volume claim of a storage class that does not exist',
    family: 'volume',
    objects: [
      core('PersistentVolumeClaim', 'data', {
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'nowhere',
          resources: { requests: { storage: '1Gi' } },
        },
      }),
      workload('Deployment', { spec: VOLUME({ persistentVolumeClaim: { claimName: 'data' } }) }),
    ],
    isVisible: ({ events }) => events.some(({ reason }) => reason === 'FailedScheduling'),
    alert: podAlert('KubePodNotReady'),
    truth: { causes: ['UNSCHEDULABLE', 'VOLUME_NOT_MOUNTED'], subject: 'web' },
  },
]
