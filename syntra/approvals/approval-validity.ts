/**
 * By when a worker must have picked up an approved action: an approval is valid for `approvalSeconds`, and time spent waiting in Syntra's own
 * queue does not count, for at most that time again. So an approval does not survive a long outage.
 */
export function latestStart(decidedAt: Date, approvalSeconds: number): Date {
  return new Date(decidedAt.getTime() + 2 * approvalSeconds * 1000)
}

/** By when an action that a worker has picked up must have started: from here on all waiting counts, for example for a busy target. */
export function latestBegin(takenUpAt: Date, approvalSeconds: number): Date {
  return new Date(takenUpAt.getTime() + approvalSeconds * 1000)
}
