/**
 * When an approved action must have been taken up by a worker: an approval holds for `approvalSeconds`, and waiting in Syntra's own
 * queue does not count, but for no longer than that time again. After a long outage an approval is therefore void.
 */
export function latestStart(decidedAt: Date, approvalSeconds: number): Date {
  return new Date(decidedAt.getTime() + 2 * approvalSeconds * 1000)
}

/** When an action that a worker has taken up must have begun: what it still waits for, such as its target, does count. */
export function latestBegin(takenUpAt: Date, approvalSeconds: number): Date {
  return new Date(takenUpAt.getTime() + approvalSeconds * 1000)
}
