import { cardOf } from '../analysers/registry.ts'
import type { Finding } from '../finding.ts'
import { rankOf } from '../findings/layers.ts'

/** Whether a finding shows that its service is failing now, anywhere from its processes to its users. */
export function isServiceFailing({ code }: Finding): boolean {
  const rank = rankOf(cardOf(code).layer)
  return rank >= rankOf('process-failure') && rank <= rankOf('user-impact')
}
