import { AT } from './cases.ts'
import { investigate } from './investigate.ts'
import { iso, NAMESPACE } from './kube.ts'
import { addAlert, addRelease, healthyWorld, NOW, type World } from './sample-cluster.ts'

/** An event about an object; by default about the new pod of `users`. */
export type SampleEvent = { reason: string; message: string; kind?: string; name?: string; at?: number }

/** Adds an event. */
export function addEvent(
  world: World,
  { reason, message, kind = 'Pod', name = 'users-h4-1', at = NOW - 4 }: SampleEvent,
): void {
  world.events.push({
    type: reason === 'Killing' ? 'Normal' : 'Warning',
    reason,
    message,
    object: { kind, namespace: NAMESPACE, name },
    count: 3,
    firstAt: iso(AT + 3),
    lastAt: iso(at),
  })
}

/** The first cause and the proposed method, where a release of `users` is stuck with a pod of this status. */
export function causeOf(
  status: Record<string, unknown>,
  { container = {}, events = [], change = () => {} }: Partial<Case> = {},
) {
  const world = healthyWorld()
  addRelease(
    world,
    'users',
    AT,
    { image: 'registry.example/shop/users:1.1.0', ...container },
    { isStuck: true, pod: status },
  )
  for (const event of events) addEvent(world, event)
  change(world)
  addAlert(world, 'KubePodNotReady', { pod: 'users-h4-1' }, NOW - 8)
  const { verdict, choice } = investigate(world)
  const [cause] = verdict.causes
  return {
    code: cause?.code,
    name: cause?.subject.name,
    message: cause?.message ?? '',
    method: choice.proposal?.method,
  }
}

/** How a stuck release differs from the plain one. */
export type Case = {
  container: Record<string, unknown>
  events: SampleEvent[]
  change: (world: World) => void
}

/** The status of a pod whose container is waiting. */
export const waiting = (reason: string, message = '') => ({
  ready: false,
  phase: 'Pending',
  state: { waiting: { reason, message } },
})
/** The status of a pod whose container was terminated like this and is backing off. */
export const restarted = (terminated: Record<string, unknown>) => ({
  ready: false,
  restartCount: 4,
  state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container' } },
  lastState: { terminated: { finishedAt: iso(NOW - 5), ...terminated } },
})
/** The status of a pod that is running but not ready. */
export const RUNNING = { ready: false, readyAt: AT + 1 }

/** A pod of a sample cluster, to be changed in place. Throws if none has this name. */
export function podOf(world: World, name = 'users-h4-1') {
  const found = world.objects.find(object => object.metadata.name === name)
  if (found === undefined) throw new Error(`The sample cluster has no pod ${name}.`)
  return found as unknown as {
    spec: Record<string, unknown>
    status: Record<string, unknown> & { containerStatuses: Record<string, unknown>[] }
  }
}
