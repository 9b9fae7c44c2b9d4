import { crashing, isReleased, podAlert, release, templateOf, workload } from '../build-objects.ts'
import type { ObjectFault, PodObject, Symptom } from '../object-fault.ts'

const CRASH = podAlert('KubePodCrashLooping', isReleased)
const released = (symptom: () => Symptom) => (pod: PodObject) => (isReleased(pod) ? symptom() : undefined)
const LOG = "Error: Cannot find module './flags.json'\n"
const exit = () => crashing({}, LOG)
const oom = () => crashing({ exitCode: 137, reason: 'OOMKilled' }, 'loading the index\n')
const INIT = { spec: { initContainers: [{ name: 'migrate', image: 'registry.example/shop/migrate:1' }] } }

/** Containers that crash, are killed or wait for an init container. */
export const containerFaults: ObjectFault[] = [
  {
    name: 'a release crashes at its start',
    family: 'crash',
    objects: [workload('Deployment')],
    change: release(),
    symptomOf: released(exit),
    alert: CRASH,
    truth: { causes: ['RELEASE_CRASHES_AT_START'], subject: 'web' },
  },
  {
    name: 'a release whose command does not exist',
    family: 'crash',
    objects: [workload('Deployment')],
    change: release({ command: ['serve'] }),
    symptomOf: released(() =>
      crashing(
        {
          exitCode: 128,
          reason: 'StartError',
          message: 'exec: "serve": executable file not found in $PATH: unknown',
        },
        '',
      ),
    ),
    alert: CRASH,
    truth: { causes: ['RELEASE_CRASHES_AT_START'], subject: 'web' },
  },
  {
    name: 'a Deployment that has always crashed',
    family: 'crash',
    objects: [workload('Deployment')],
    symptomOf: exit,
    alert: podAlert('KubePodCrashLooping'),
    truth: { causes: ['PROCESS_CRASHES', 'RELEASE_CRASHES_AT_START'], subject: 'web' },
  },
  {
    name: 'a StatefulSet that crashes',
    family: 'crash',
    objects: [workload('StatefulSet')],
    symptomOf: exit,
    alert: podAlert('KubePodCrashLooping'),
    truth: { causes: ['PROCESS_CRASHES', 'RELEASE_CRASHES_AT_START'], subject: 'web' },
  },
  {
    name: 'a DaemonSet that crashes',
    family: 'crash',
    objects: [workload('DaemonSet')],
    symptomOf: exit,
    alert: podAlert('KubePodCrashLooping'),
    truth: { causes: ['PROCESS_CRASHES', 'RELEASE_CRASHES_AT_START'], subject: 'web' },
  },
  {
    name: 'a bare pod that crashes',
    family: 'crash',
    objects: [{ apiVersion: 'v1', kind: 'Pod', ...templateOf(), metadata: { name: 'lonely' } }],
    symptomOf: exit,
    alert: podAlert('KubePodCrashLooping'),
    truth: { causes: ['PROCESS_CRASHES'], subject: 'lonely' },
  },
  {
    name: 'containers that reach their memory limit',
    family: 'memory',
    objects: [workload('Deployment')],
    symptomOf: oom,
    alert: podAlert('KubePodCrashLooping'),
    truth: { causes: ['MEMORY_LIMIT_HIT'], subject: 'web' },
  },
  {
    name: 'a release that lowers the memory limit',
    family: 'memory',
    objects: [workload('Deployment', { container: { resources: { limits: { memory: '512Mi' } } } })],
    change: release({ resources: { limits: { memory: '64Mi' } } }),
    symptomOf: released(oom),
    alert: CRASH,
    truth: { causes: ['MEMORY_LIMIT_LOWERED'], subject: 'web' },
  },
  {
    name: 'an init container that crashes',
    family: 'init',
    objects: [workload('Deployment', INIT)],
    symptomOf: () => ({
      phase: 'Pending',
      init: { ready: false, ...crashing({}, '').container },
      previousLog: 'Error: relation "orders" does not exist\n',
    }),
    alert: podAlert('KubePodNotReady'),
    truth: {
      causes: ['PROCESS_CRASHES', 'RELEASE_CRASHES_AT_START', 'INIT_CONTAINER_STUCK'],
      subject: 'web',
    },
  },
  {
    name: 'a liveness probe that kills the container',
    family: 'probe',
    objects: [workload('Deployment')],
    change: release({ livenessProbe: { httpGet: { path: '/alive', port: 'http' } } }),
    symptomOf: released(() => ({
      ...crashing({ exitCode: 137 }, 'listening on 8080\n'),
      events: [
        { reason: 'Unhealthy', message: 'Liveness probe failed: HTTP probe failed with statuscode: 404' },
        { reason: 'Killing', message: 'Container web failed liveness probe, will be restarted' },
      ],
    })),
    alert: CRASH,
    truth: { causes: ['LIVENESS_PROBE_FAILS'], subject: 'web' },
  },
  {
    name: 'a startup probe that kills the container',
    family: 'probe',
    objects: [workload('Deployment')],
    change: release({ startupProbe: { httpGet: { path: '/started', port: 'http' } } }),
    symptomOf: released(() => ({
      ...crashing({ exitCode: 137 }, 'listening on 8080\n'),
      events: [
        { reason: 'Unhealthy', message: 'Startup probe failed: HTTP probe failed with statuscode: 404' },
        { reason: 'Killing', message: 'Container web failed startup probe, will be restarted' },
      ],
    })),
    alert: CRASH,
    truth: { causes: ['STARTUP_PROBE_FAILS'], subject: 'web' },
  },
  {
    name: 'a readiness probe of a path that does not exist',
    family: 'probe',
    objects: [workload('Deployment')],
    change: release({ readinessProbe: { httpGet: { path: '/redy', port: 'http' } } }),
    symptomOf: released(() => ({
      container: { ready: false, started: true },
      events: [
        { reason: 'Unhealthy', message: 'Readiness probe failed: HTTP probe failed with statuscode: 404' },
      ],
    })),
    alert: podAlert('KubePodNotReady', isReleased),
    truth: { causes: ['READINESS_PROBE_FAILS'], subject: 'web' },
  },
  {
    name: 'a process that says that it is not ready',
    family: 'probe',
    objects: [
      workload('Deployment', {
        container: { readinessProbe: { httpGet: { path: '/readyz', port: 'http' } } },
      }),
    ],
    symptomOf: () => ({
      container: { ready: false, started: true },
      events: [
        { reason: 'Unhealthy', message: 'Readiness probe failed: HTTP probe failed with statuscode: 503' },
      ],
      log: 'not ready: the cache is not filled\n',
    }),
    alert: podAlert('KubePodNotReady'),
    truth: { causes: ['PROCESS_NOT_READY'], subject: 'web' },
  },
  {
    name: 'a release whose container exits with 0',
    family: 'crash',
    objects: [workload('Deployment')],
    change: release({ args: ['--help'] }),
    symptomOf: released(() => crashing({ exitCode: 0, reason: 'Completed' }, 'usage: web [options]\n')),
    alert: CRASH,
    truth: { causes: ['RELEASE_CRASHES_AT_START'], subject: 'web' },
  },
]
