import { mergeNeeds } from '../../snapshot/needs.ts'
import type { FindingCard } from '../findings/finding-card.ts'
import { alerts } from './alerts.ts'
import { autoscaling } from './autoscaling.ts'
import { calls } from './calls.ts'
import { claims } from './claims.ts'
import { configuration } from './configuration.ts'
import { crashes } from './crashes.ts'
import type { FindingCards } from './define-analyser.ts'
import { dependencies } from './dependencies.ts'
import { endedPods } from './ended-pods.ts'
import { errors } from './errors.ts'
import { gitDrift } from './git-drift.ts'
import { images } from './images.ts'
import { ingressDetours } from './ingress-detours.ts'
import { initContainers } from './init-containers.ts'
import { jobs } from './jobs.ts'
import { latency } from './latency.ts'
import { memory } from './memory.ts'
import { missingServices } from './missing-services.ts'
import { nodes } from './nodes.ts'
import { probes } from './probes.ts'
import { rollouts } from './rollouts.ts'
import { scheduling } from './scheduling.ts'
import { services } from './services.ts'
import { traffic } from './traffic.ts'
import { volumes } from './volumes.ts'

/** All fault families, in the order in which a person would check them. */
export const ANALYSERS = {
  crashes,
  initContainers,
  endedPods,
  jobs,
  rollouts,
  images,
  configuration,
  claims,
  volumes,
  scheduling,
  nodes,
  probes,
  services,
  missingServices,
  memory,
  dependencies,
  latency,
  errors,
  calls,
  traffic,
  ingressDetours,
  gitDrift,
  autoscaling,
  alerts,
}

type Cards = (typeof ANALYSERS)[keyof typeof ANALYSERS]['findings']
type KeysOf<Table> = Table extends unknown ? keyof Table & string : never
type ValuesOf<Table> = Table extends unknown ? Table[keyof Table] : never
type CausesOf<Card> = Card extends { cause: infer Cause }
  ? Cause extends { plain: infer Plain extends string }
    ? Plain | (Cause extends { release: infer Release extends string } ? Release : never)
    : never
  : never

/** Every code that a finding can have. */
export type FindingCode = KeysOf<Cards>
/** Every code that a cause can have. */
export type CauseCode = CausesOf<ValuesOf<Cards>>

const CARDS = collectCards(ANALYSERS) as Readonly<Record<FindingCode, FindingCard<CauseCode>>>

/** All finding codes, in the order of the analysers. */
export const FINDING_CODES = Object.keys(CARDS) as [FindingCode, ...FindingCode[]]
/** All cause codes, each once. */
export const CAUSE_CODES = [
  ...new Set(
    Object.values(CARDS).flatMap(({ cause }) => (cause === null ? [] : [cause.plain, cause.release ?? []])),
  ),
].flat() as [CauseCode, ...CauseCode[]]

/** What has to be read for all analysers: the planner asks for this and what a remedy needs, and for nothing else. */
export const ANALYSER_NEEDS = mergeNeeds(...Object.values(ANALYSERS).map(({ needs }) => needs))

/** Everything that is true of a finding code. */
export function cardOf(code: FindingCode): FindingCard<CauseCode> {
  return CARDS[code]
}

/** The cards of several analysers as one table; throws where two declare the same code. */
export function collectCards<const Analysers extends Record<string, { findings: FindingCards }>>(
  analysers: Analysers,
): Record<KeysOf<Analysers[keyof Analysers]['findings']>, FindingCard> {
  const owners = new Map<string, string>()
  for (const [name, { findings }] of Object.entries(analysers))
    for (const code of Object.keys(findings)) {
      const owner = owners.get(code)
      if (owner !== undefined)
        throw new Error(
          `Finding code ${code} is declared by the analysers ${owner} and ${name}; expected one owner. Rename one of the two, or report it from one analyser.`,
        )
      owners.set(code, name)
    }
  return Object.assign({}, ...Object.values(analysers).map(({ findings }) => findings))
}
