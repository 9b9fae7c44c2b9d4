import { setTimeout as sleep } from 'node:timers/promises'
import type { Cause } from '@goalixa/agents/incident/verdict'
import { joinWords } from '@goalixa/chassis/join-words'
import { pluralize } from '@goalixa/chassis/pluralize'
import type { ActionView } from '@goalixa/syntra/actions/actions.schema'
import { createSyntraClient } from '@goalixa/syntra/cli/syntra-client'
import type { SyntraApi } from '@goalixa/syntra/commands/syntra-api'
import { IncidentPage, type IncidentView } from '@goalixa/syntra/incidents/incidents.schema'
import type { InvestigationView } from '@goalixa/syntra/investigations/investigations.schema'
import { injectFault } from '../faults/catalog.ts'
import type { Platform } from '../platform/start-platform.ts'
import { waitUntil } from '../platform/wait-until.ts'
import { findFinalVerdictTime } from './find-final-verdict-time.ts'
import { followIncident, type StreamedEntry } from './follow-incident.ts'
import type { Scenario } from './scenario.ts'

/** Seconds of normal traffic before the decoys and the fault: the baseline. */
const BASELINE_SECONDS = 40
/** Seconds between the decoys and the fault, so that the rollout of a decoy is complete. */
const DECOY_SECONDS = 12
const TIMEOUT_MS = 300_000

/** Receives the events of a scenario, and decides about its actions. */
export type ScenarioObserver = {
  onPhase: (message: string) => void
  onIncident: (incident: IncidentView) => void
  onEntry: (entry: StreamedEntry) => void
  onVerdict: (investigation: InvestigationView) => void
  decide: (action: ActionView) => Promise<boolean>
}

type Options = {
  name: string
  scenario: Scenario
  platform: Platform
  observer: ScenarioObserver
  signal: AbortSignal
}

/** Runs one scenario on a running platform, from normal traffic to the end of the incident. */
export async function runScenario({ name, scenario, platform, observer, signal }: Options) {
  const syntra = createSyntraClient({ url: platform.addresses.syntraUrl, key: platform.operatorKey })
  observer.onPhase(`Recording a baseline: ${BASELINE_SECONDS} s of normal traffic`)
  await sleep(BASELINE_SECONDS * 1000, undefined, { signal })
  const decoys = joinWords(scenario.decoys.map(({ kind }) => kind))
  observer.onPhase(`Injecting ${pluralize(scenario.decoys.length, 'decoy')}: ${decoys}`)
  for (const decoy of scenario.decoys) await injectFault(decoy, platform)
  await sleep(DECOY_SECONDS * 1000, undefined, { signal })
  await waitForNoOpenIncidents(syntra, signal)
  const since = new Date()
  await injectFault(scenario.fault, platform)
  observer.onPhase(`Fault injected: ${scenario.title}`)
  const decided: { at: string | null } = { at: null }
  const end = await followIncident({
    ...observer,
    syntra,
    since,
    timeoutMs: TIMEOUT_MS,
    signal,
    decide: async action => {
      const isApproved = await observer.decide(action)
      decided.at = new Date().toISOString()
      return isApproved
    },
  })
  platform.supervisor.assertAllAlive()
  return resultOf({ name, injectedAt: since.toISOString(), end, decidedAt: decided.at })
}

// A busy machine may have caused an alert during startup, which is not part of the scenario.
async function waitForNoOpenIncidents(syntra: SyntraApi, signal: AbortSignal): Promise<void> {
  const hasNoOpenIncidents = async () =>
    (await syntra.get('/v1/incidents?state=open&limit=1', IncidentPage, signal)).incidents.length === 0
  await waitUntil(hasNoOpenIncidents, {
    what: 'startup alerts to resolve',
    timeoutMs: 120_000,
    everyMs: 1_000,
    signal,
  })
}

type FollowedIncident = Awaited<ReturnType<typeof followIncident>>

function resultOf({
  name,
  injectedAt,
  end,
  decidedAt,
}: {
  name: string
  injectedAt: string
  end: FollowedIncident
  decidedAt: string | null
}) {
  const [cause] = end?.investigation.verdict?.causes ?? []
  const action = end?.action
  const isVerified = action?.state === 'succeeded'
  return {
    scenario: name,
    injectedAt,
    incidentId: end?.incident.id ?? null,
    outcome: end?.investigation.verdict?.outcome ?? null,
    message: end?.investigation.verdict?.message ?? null,
    alertAt: firstAlertSince(end?.incident, injectedAt),
    verdictAt: end?.investigation.verdict ? findFinalVerdictTime(end.concluded) : null,
    decidedAt,
    recoveredAt: isVerified ? (action.finishedAt ?? null) : null,
    cause: cause && end?.investigation.verdict?.outcome === 'cause' ? causeOf(cause) : null,
    action: action?.executedAt ? actionOf(action) : null,
    proposed: action ? actionOf(action) : null,
    verified: isVerified,
    undone: action?.state === 'undone',
    reads: end?.investigation.reads.answered ?? 0,
    couldNotRead: end?.investigation.reads.couldNotRead ?? 0,
    state: action?.state ?? null,
    failure: end?.investigation.failure ?? null,
  }
}

// Counted from when Prometheus began to fire, so that the delay in Alertmanager is included.
function firstAlertSince(incident: IncidentView | undefined, since: string): string | null {
  const times = (incident?.alertList ?? [])
    .map(alert => alert.startsAt)
    .filter(at => Date.parse(at) >= Date.parse(since))
  return times.toSorted()[0] ?? null
}
export type ScenarioResult = ReturnType<typeof resultOf>

function causeOf({ code, subject, confidence, chain, against }: Cause) {
  return {
    code,
    subject,
    confidence,
    chain: chain.map(link => ({ code: link.code, message: link.message, evidence: link.evidence })),
    against: against.map(argument => ({ message: argument.message, evidence: argument.evidence })),
  }
}

function actionOf({ proposal }: ActionView) {
  return { kind: proposal.kind, method: proposal.method, target: proposal.target }
}

/** Reads Syntra's report of an incident, as Markdown. */
export function readReport(syntra: SyntraApi, incidentId: string): Promise<string> {
  return syntra.text(`/v1/incidents/${incidentId}/report`, 'text/markdown')
}
