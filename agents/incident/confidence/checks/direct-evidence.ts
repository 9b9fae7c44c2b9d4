import { mergeNeeds } from '../../../snapshot/needs.ts'
import { cardOf } from '../../analysers/registry.ts'
import { type ArgumentOf, type CheckContext, defineCheck } from '../define-check.ts'

/** Evidence that shows the fault itself: in the fields of an object, or in the log of a process. */
export const directEvidence = defineCheck({
  needs: mergeNeeds({ reads: ['logs'] }),
  arguments: { DIRECT_OBSERVATION: 'for', LOG_CONFIRMS: 'for' },
  run: context => [...observation(context), ...confirmingLog(context)],
})

function observation({ chain: { root } }: CheckContext): ArgumentOf<'DIRECT_OBSERVATION'>[] {
  const { layer, basis } = cardOf(root.code)
  if (layer === 'infrastructure' || basis !== 'observation') return []
  const { kind, name } = root.subject
  const message = `${kind} ${name} itself shows the fault: it is not inferred from measurements`
  return [{ code: 'DIRECT_OBSERVATION', message, evidence: root.evidence }]
}

/** A log line that the root cites is independent evidence. */
function confirmingLog({ view, chain: { root } }: CheckContext): ArgumentOf<'LOG_CONFIRMS'>[] {
  const cited = view.snapshot.logs.map(log => log.evidence).filter(id => root.evidence.includes(id))
  if (cited.length === 0) return []
  const message = 'the log of the process confirms the fault'
  return [{ code: 'LOG_CONFIRMS', message, evidence: [...new Set(cited)] }]
}
