import type { Log } from '@goalixa/chassis/log'
import type { Cluster } from '../registry/cluster.ts'
import { runAutoscalerController } from './autoscaler-controller.ts'
import type { Context, Running } from './controller.ts'
import { runCronJobController } from './cron-job-controller.ts'
import { runDaemonSetController } from './daemon-set-controller.ts'
import { runDeploymentController } from './deployment/deployment-controller.ts'
import { runDisruptionController } from './disruption-controller.ts'
import { runEndpointsController } from './endpoints-controller.ts'
import { runEventTtl } from './event-ttl.ts'
import { runGarbageCollector } from './garbage-collector.ts'
import { runJobController } from './job-controller.ts'
import { runNamespaceController } from './namespace-controller.ts'
import { runNodeController } from './node-controller.ts'
import { runQuotaController } from './quota-controller.ts'
import { createEventRecorder } from './record-event.ts'
import { runReplicaSetController } from './replica-set-controller.ts'
import { runScheduler } from './scheduler.ts'
import { runStatefulSetController } from './stateful-set-controller.ts'
import { runVolumeController } from './volume-controller.ts'

/** Every controller, by the component name that its events carry. */
const CONTROLLERS: Record<string, (context: Context) => Running> = {
  'deployment-controller': runDeploymentController,
  'replicaset-controller': runReplicaSetController,
  'endpoint-controller': runEndpointsController,
  'default-scheduler': runScheduler,
  'garbage-collector-controller': runGarbageCollector,
  'namespace-controller': runNamespaceController,
  'node-controller': runNodeController,
  'event-ttl': runEventTtl,
  'statefulset-controller': runStatefulSetController,
  'daemonset-controller': runDaemonSetController,
  'job-controller': runJobController,
  'cronjob-controller': runCronJobController,
  'horizontal-pod-autoscaler': runAutoscalerController,
  disruption: runDisruptionController,
  'persistentvolume-controller': runVolumeController,
  'resourcequota-controller': runQuotaController,
}

/** Starts all controllers; returns how to stop them. */
export function runControllers(cluster: Cluster, log: Log): Running {
  const running = Object.entries(CONTROLLERS).map(([component, run]) =>
    run({ cluster, log, recordEvent: createEventRecorder(cluster, component) }),
  )
  return {
    stop() {
      for (const one of running) one.stop()
    },
  }
}
