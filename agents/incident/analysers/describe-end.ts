import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { isClean } from '../../snapshot/objects/is-clean.ts'
import { memoryLimitOf } from '../../snapshot/objects/memory-limit.ts'
import type { Container, Ended, Pod } from '../../snapshot/objects/pod.ts'
import { quote } from '../../snapshot/text/quote.ts'
import { findOutput } from './container-output.ts'

const MEBIBYTE = 2 ** 20

/** How the containers of a pod that will not run again ended, as a clause with its evidence; null if none ended badly. */
export function describeEnd(view: SnapshotView, pod: Pod): { text: string; evidence: string[] } | null {
  const failed = pod.containers.find(({ ended }) => ended !== null && !isClean(ended))
  if (failed?.ended == null) return null
  const { log, line } = findOutput(view, pod, failed)
  const last = line ?? (failed.ended.message || log?.lines.at(-1)?.text)
  const output = last === undefined || last === '' ? '' : `; its last output: ${quote(last)}`
  return {
    text: `container ${failed.name} of ${pod.name} ${describeExit(pod, failed, failed.ended)}${output}`,
    evidence: [pod.evidence, ...(log === undefined ? [] : [log.evidence])],
  }
}

function describeExit(pod: Pod, container: Container, { exitCode, reason }: Ended): string {
  if (reason === 'OOMKilled') {
    const limit = memoryLimitOf(pod.object, container.name)
    const size = limit === null ? '' : ` of ${Math.round(limit / MEBIBYTE)} MiB`
    return `was OOM-killed at its memory limit${size}`
  }
  const code = exitCode === null ? 'exited' : `exited with code ${exitCode}`
  return reason === '' || reason === 'Error' || reason === 'Completed' ? code : `${code} (${quote(reason)})`
}
