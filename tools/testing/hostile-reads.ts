import type { ReadToolName } from '../catalog.ts'
import type { Json } from '../json.ts'

const app = { name: 'core' }
const repo = 'github.test/goalixa/deploy'
const range = { query: 'up', start: '2026-02-24T10:00:00Z', end: '2026-02-24T11:00:00Z', stepSeconds: 15 }

/** Arguments for every read tool, which a test meets with hostile responses; null for a tool that reads no other system. */
export const HOSTILE_READS: Record<ReadToolName, Record<string, Json> | null> = {
  kubernetes_list_objects: { namespace: 'shop', kinds: ['Pod', 'Deployment', 'Namespace', 'Secret'] },
  kubernetes_get_object: { namespace: 'shop', kind: 'Pod', name: 'core' },
  kubernetes_can_i: { verb: 'get', namespace: 'shop', kind: 'Pod', name: 'core' },
  kubernetes_list_events: { namespace: 'shop' },
  kubernetes_read_logs: { namespace: 'shop', pod: 'core', container: 'core' },
  kubernetes_rollout_history: { namespace: 'shop', name: 'core' },
  kubernetes_list_pod_metrics: { namespace: 'shop' },
  prometheus_query: { query: 'up' },
  prometheus_query_range: range,
  prometheus_list_alerts: {},
  prometheus_read_alert_rule: { alertname: 'Down' },
  prometheus_list_targets: {},
  prometheus_list_metadata: {},
  alertmanager_list_alerts: {},
  delivery_list_apps: {},
  delivery_get_app: app,
  delivery_list_history: app,
  delivery_list_deployments_since: { ...app, id: 1 },
  delivery_diff_app: app,
  delivery_read_sync_windows: app,
  forge_compare_commits: { repo, base: 'a', head: 'b' },
  forge_get_commit: { repo, sha: 'a' },
  forge_list_commits: { repo, branch: 'main' },
  forge_get_pull_request: { repo, number: 1 },
  forge_contains_commit: { repo, sha: 'a'.repeat(40), head: 'main' },
  forge_read_branch_rules: { repo, branch: 'main' },
  runbooks_find: null,
}
