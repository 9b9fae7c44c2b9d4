import { LIMITS } from '../limits.ts'
import { reportCut } from '../read-scope.ts'
import { pathOf } from './kinds.ts'
import type { createKubernetesHttp } from './kubernetes-http.ts'

export type LogQuery = {
  namespace: string
  pod: string
  container: string
  previous: boolean
  tailLines: number
  sinceSeconds?: number
}

/**
 * Reads the newest lines of a container's log. With `limitBytes` the API server drops the newest lines, so for a log that
 * is too large fewer lines are requested, until they fit.
 */
export async function readLog(
  http: ReturnType<typeof createKubernetesHttp>,
  { namespace, pod, ...query }: LogQuery,
  signal: AbortSignal,
): Promise<string> {
  const path = `${pathOf('Pod', namespace, pod)}/log`
  for (let tailLines = query.tailLines; ; tailLines = Math.ceil(tailLines / 8)) {
    const text = await http.text(path, {
      query: { ...query, tailLines, timestamps: true, limitBytes: LIMITS.logBytes },
      cutAtBytes: LIMITS.logBytes,
      signal,
    })
    const isWhole = Buffer.byteLength(text) < LIMITS.logBytes
    if (!isWhole && tailLines > 1) continue
    if (tailLines < query.tailLines)
      reportCut('Kubernetes', [{ path: 'lines', unit: 'items', kept: tailLines, total: query.tailLines }])
    if (!isWhole)
      reportCut('Kubernetes', [
        { path: 'lines', unit: 'bytes', kept: LIMITS.logBytes, total: LIMITS.logBytes + 1 },
      ])
    return text
  }
}
