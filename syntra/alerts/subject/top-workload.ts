// Kubernetes generates these parts of names without vowels and without 0, 1 and 3; the hash of a pod template may be given by other controllers.
const RANDOM = '[bcdfghjklmnpqrstvwxz2456789]'
const OF_REPLICA_SET = new RegExp(`-(?:${RANDOM}{6,10}|(?=(?:[a-z]*[0-9]){2})[a-z0-9]{6,10})-[a-z0-9]{5}$`)
const HASH = new RegExp(`-(?:${RANDOM}{6,10}|(?=(?:[a-z]*[0-9]){2})[a-z0-9]{6,10})$`)
// A CronJob names its Jobs after the scheduled minute since 1970.
const SCHEDULED = /-\d{8,10}$/
const SUFFIX = new RegExp(`-${RANDOM}{5}$`)
const ORDINAL = /-\d{1,5}$/

/** The workload that creates the pods of this name: a Deployment, StatefulSet, DaemonSet, CronJob or Job, whichever named it. */
export function topWorkloadOfPod(pod: string): string {
  const scheduled = pod.replace(/-[a-z0-9]{5}$/, '')
  if (scheduled !== pod && SCHEDULED.test(scheduled)) return scheduled.replace(SCHEDULED, '')
  if (OF_REPLICA_SET.test(pod)) return pod.replace(OF_REPLICA_SET, '')
  return ORDINAL.test(pod) ? pod.replace(ORDINAL, '') : pod.replace(SUFFIX, '')
}

/** The Deployment that a ReplicaSet's name shows, or the name itself. */
export function topWorkloadOfReplicaSet(name: string): string {
  return name.replace(HASH, '')
}

/** The CronJob that a Job's name shows, or the Job itself. */
export function topWorkloadOfJob(name: string): string {
  return name.replace(SCHEDULED, '')
}

/** The Service whose endpoints an EndpointSlice of this name holds, if the control plane named it. */
export function serviceOfEndpointSlice(name: string): string {
  return name.replace(SUFFIX, '')
}
