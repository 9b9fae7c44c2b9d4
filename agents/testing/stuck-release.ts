import { AT } from './cases.ts'
import { investigate } from './investigate.ts'
import { iso, NAMESPACE } from './kube.ts'
import { alert, healthyWorld, NOW, release, type World } from './sample-cluster.ts'

/** What the cluster says of an object; of the new pod of `users` unless told otherwise. */
export type Told = { reason: string; message: string; kind?: string; name?: string; at?: number }

/** Adds an event. */
export function say(
  world: World,
  { reason, message, kind = 'Pod', name = 'users-h4-1', at = NOW - 4 }: Told,
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

/** The first cause, and what is done about it, where a release of `users` is stuck with such a pod. */
export function causeOf(
  status: Record<string, unknown>,
  { container = {}, events = [], change = () => {} }: Partial<Case> = {},
) {
  const world = healthyWorld()
  release(
    world,
    'users',
    AT,
    { image: 'registry.example/shop/users:1.1.0', ...container },
    { isStuck: true, pod: status },
  )
  for (const event of events) say(world, event)
  change(world)
  alert(world, 'KubePodNotReady', { pod: 'users-h4-1' }, NOW - 8)
  const { verdict, choice } = investigate(world)
  const [cause] = verdict.causes
  return {
    code: cause?.code,
    name: cause?.subject.name,
    message: cause?.message ?? '',
    method: choice.proposal?.method,
  }
}

export type Case = { container: Record<string, unknown>; events: Told[]; change: (world: World) => void }

/** The status of a pod whose container waits. */
export const waiting = (reason: string, message = '') => ({
  ready: false,
  phase: 'Pending',
  state: { waiting: { reason, message } },
})
/** The status of a pod whose container ended so, and waits for its next start. */
export const restarted = (terminated: Record<string, unknown>) => ({
  ready: false,
  restartCount: 4,
  state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container' } },
  lastState: { terminated: { finishedAt: iso(NOW - 5), ...terminated } },
})
/** The status of a pod that runs and is not ready. */
export const RUNNING = { ready: false, readyAt: AT + 1 }

/** A pod of a world, to be changed. Throws if there is none of the name. */
export function podOf(world: World, name = 'users-h4-1') {
  const found = world.objects.find(object => object.metadata.name === name)
  if (found === undefined) throw new Error(`There is no ${name}`)
  return found as unknown as {
    spec: Record<string, unknown>
    status: Record<string, unknown> & { containerStatuses: Record<string, unknown>[] }
  }
}
