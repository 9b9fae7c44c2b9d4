import { joinWords } from '@goalixa/chassis/join-words'
import { listApps, unplacedApps } from './apps-here.ts'
import { questionId } from './question-id.ts'
import type { ReadEvidence, Scope } from './snapshot.ts'
import { toSingleLine } from './text/to-single-line.ts'

/** A sentence names so many clusters. */
const MAX_CLUSTERS = 4

/** What is missing of the applications where the deploy system knows several clusters, and none of them as the one that is investigated. */
export function findUnknownCluster(
  { cluster }: Pick<Scope, 'cluster'>,
  reads: ReadEvidence['reads'],
): ReadEvidence['unread'] {
  const [app, ...others] = unplacedApps(listApps(reads), cluster)
  const read = reads.find(({ tool }) => tool === 'delivery_list_apps')
  if (app === undefined) return []
  const names = [...new Set([app, ...others].flatMap(({ cluster }) => cluster ?? []))].toSorted()
  return [
    {
      evidence: read?.evidence ?? app.evidence,
      question: read?.question ?? questionId.deliveryApps(),
      part: 'cluster',
      tool: 'delivery_list_apps',
      code: 'UNKNOWN_CLUSTER',
      reason: describeClusters(names, cluster),
    },
  ]
}

function describeClusters(names: string[], cluster: string | undefined): string {
  const shown = names.slice(0, MAX_CLUSTERS).map(name => toSingleLine(name))
  const more = names.length > MAX_CLUSTERS ? [`${names.length - MAX_CLUSTERS} more`] : []
  const known = `Argo CD deploys to ${joinWords([...shown, ...more])}`
  return cluster === undefined
    ? `${known}, and no setting says which of them this cluster is. Set SYNTRA_CLUSTER to its name in Argo CD`
    : `${known}, and knows none of them as ${cluster}. Give this cluster the name in SYNTRA_CLUSTER there, and let Syntra's account read clusters or applications name it as their destination`
}
