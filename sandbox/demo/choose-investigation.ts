import type { IncidentView } from '@goalixa/syntra/incidents/incidents.schema'

type Listed = Pick<IncidentView['investigations'][number], 'id' | 'state' | 'finishedAt'>

/**
 * The investigation of an incident to follow: the newest one that has not ended, else the one that ended last. A second one may begin
 * and end beside one that waits for a decision.
 */
export function chooseInvestigation<Item extends Listed>(oldestFirst: Item[]): Item | undefined {
  const open = oldestFirst.filter(({ state }) => state !== 'done' && state !== 'failed')
  const byEnd = (a: Item, b: Item) => Date.parse(a.finishedAt ?? '') - Date.parse(b.finishedAt ?? '')
  return open.at(-1) ?? oldestFirst.toSorted(byEnd).at(-1)
}
