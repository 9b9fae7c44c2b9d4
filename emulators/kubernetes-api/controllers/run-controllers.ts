import type { Log } from '@goalixa/chassis/log'
import { createEventRecorder } from '../core/events/record-event.ts'
import { CONTROLLERS } from '../kinds.ts'
import type { Cluster } from '../registry/cluster.ts'
import type { RunController, Running } from './controller.ts'
import { runGarbageCollector } from './garbage-collector.ts'

const ALL: Record<string, RunController> = {
  ...CONTROLLERS,
  'garbage-collector-controller': runGarbageCollector,
}

/** Starts all controllers; returns a function that stops them. */
export function runControllers(cluster: Cluster, log: Log): Running {
  const running = Object.entries(ALL).map(([component, run]) =>
    run({ cluster, log, recordEvent: createEventRecorder(cluster, component) }),
  )
  return {
    stop() {
      for (const controller of running) controller.stop()
    },
  }
}
