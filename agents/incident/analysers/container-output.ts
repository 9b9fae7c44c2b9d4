import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { findErrorLine } from '../../snapshot/logs/find-error-line.ts'
import type { Container, Pod } from '../../snapshot/objects/pod.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'

/** The log of a container's last run that ended, and the line of it that best explains the end; null where there is none. */
export function findOutput(
  view: SnapshotView,
  pod: Pod,
  container: Container,
): { log: Snapshot['logs'][number] | undefined; line: string | null } {
  const logs = view.logsOf(pod.name).filter(log => log.container === container.name)
  const log = logs.find(log => log.previous) ?? logs[0]
  return { log, line: log === undefined ? null : findErrorLine(log) }
}
