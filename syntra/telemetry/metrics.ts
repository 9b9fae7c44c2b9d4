import { Verdict } from '@goalixa/agents/incident/verdict'
import type { Metrics } from '@goalixa/chassis/metrics'
import { Counter, Gauge, Histogram } from 'prom-client'

/** Syntra's own metrics. Label sets are bounded: node and tool names, outcomes. */
export function createSyntraMetrics({ registry }: Pick<Metrics, 'registry'>) {
  const registers = [registry]
  const metrics = {
    queueWait: new Histogram({
      name: 'syntra_queue_wait_seconds',
      help: 'Seconds that a job waits from the outbox until a worker takes it, by lane (actions, critical, investigations).',
      labelNames: ['lane'] as const,
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
      registers,
    }),
    timeToVerdict: new Histogram({
      name: 'syntra_time_to_verdict_seconds',
      help: 'Seconds from the start of an investigation to its last verdict.',
      labelNames: ['outcome'] as const,
      buckets: [1, 2, 5, 10, 20, 30, 60, 120, 300],
      registers,
    }),
    nodeSeconds: new Histogram({
      name: 'syntra_node_seconds',
      help: 'Seconds that a node of the graph took.',
      labelNames: ['node', 'outcome'] as const,
      buckets: [0.005, 0.02, 0.1, 0.5, 1, 5, 20, 60, 300],
      registers,
    }),
    toolCalls: new Counter({
      name: 'syntra_tool_calls_total',
      help: 'Reads that were recorded; outcome is read, unread or not-configured.',
      labelNames: ['tool', 'outcome'] as const,
      registers,
    }),
    alerts: new Counter({ name: 'syntra_alerts_accepted_total', help: 'Alerts stored.', registers }),
    alertsRefused: new Counter({
      name: 'syntra_alerts_refused_total',
      help: 'Alerts that were rejected as invalid; a delivery that was rejected as a whole counts as one.',
      registers,
    }),
    storms: new Gauge({
      name: 'syntra_storms',
      help: 'Open incidents that collect the alerts of a storm.',
      registers,
    }),
    alertsWaiting: new Gauge({
      name: 'syntra_alerts_waiting',
      help: 'Alerts that wait for the database.',
      registers,
    }),
    actionStartDelay: new Histogram({
      name: 'syntra_action_start_delay_seconds',
      help: 'Seconds from the approval of an action, by people or policy, to the start of its execution.',
      buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800],
      registers,
    }),
    actionStartLongestWait: new Gauge({
      name: 'syntra_action_start_longest_wait_seconds',
      help: 'Seconds since the oldest approval whose action has not started yet; 0 if there is none.',
      registers,
    }),
    approvalsWaiting: new Gauge({
      name: 'syntra_approvals_waiting',
      help: 'Actions that wait for a person.',
      registers,
    }),
    approvalsOldest: new Gauge({
      name: 'syntra_approvals_oldest_seconds',
      help: 'Seconds that the oldest of them has waited.',
      registers,
    }),
    leasesLost: new Counter({
      name: 'syntra_leases_lost_total',
      help: 'Leases on a thread or target that a worker lost while it still needed them, because it was suspended or cut off from the database for longer than a lease lasts. Another worker takes over.',
      registers,
    }),
    outboxRows: new Gauge({
      name: 'syntra_outbox_rows',
      help: 'Jobs that the queue was not told of yet.',
      registers,
    }),
    outboxLag: new Gauge({
      name: 'syntra_outbox_lag_seconds',
      help: 'Age of the oldest of them in seconds.',
      registers,
    }),
    investigations: new Gauge({
      name: 'syntra_investigations',
      help: 'Investigations by state, of those that have not ended, and failed ones of the last day.',
      labelNames: ['state'] as const,
      registers,
    }),
    notifications: new Counter({
      name: 'syntra_notifications_total',
      help: 'Notifications by sink; outcome is delivered, failed (tried again), rejected or abandoned.',
      labelNames: ['sink', 'outcome'] as const,
      registers,
    }),
    modelTokens: new Counter({
      name: 'syntra_model_tokens_total',
      help: 'Tokens sent to and received from a model.',
      labelNames: ['direction'] as const,
      registers,
    }),
    modelDollars: new Counter({
      name: 'syntra_model_spend_dollars_total',
      help: 'What the model cost, by the configured prices.',
      registers,
    }),
  }
  // A rate ignores a series' first value, so series that exist from the start begin at zero.
  for (const outcome of Verdict.shape.outcome.options) metrics.timeToVerdict.zero({ outcome })
  return metrics
}
export type SyntraMetrics = ReturnType<typeof createSyntraMetrics>
