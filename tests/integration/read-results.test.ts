import { chooseProposal } from '@goalixa/agents/devops/choose-proposal'
import { runAnalysers } from '@goalixa/agents/incident/analysers/run-analysers'
import { diagnose } from '@goalixa/agents/incident/diagnose'
import { planQuestions } from '@goalixa/agents/planner/plan-questions'
import { profileQuestion } from '@goalixa/agents/signals/detect-metric-profile'
import { buildSnapshot, buildView } from '@goalixa/agents/snapshot/build-snapshot'
import type { SnapshotView } from '@goalixa/agents/snapshot/index-snapshot'
import { stringAt } from '@goalixa/agents/snapshot/objects/json-path'
import { questionId } from '@goalixa/agents/snapshot/question-id'
import type { Scope } from '@goalixa/agents/snapshot/snapshot'
import { type Investigated, investigate } from '@goalixa/agents/testing/investigate'
import { NAMESPACE } from '@goalixa/agents/testing/kube'
import type { ReadToolName } from '@goalixa/tools/catalog'
import { createClients, type ToolSettings } from '@goalixa/tools/create-clients'
import type { Evidence, Question } from '@goalixa/tools/evidence'
import { createRecorder } from '@goalixa/tools/recorder'
import { createApiServer } from '@goalixa/tools/testing/api-server'
import { createMemoryEvidenceStore } from '@goalixa/tools/testing/memory-evidence-store'
import { until } from '@goalixa/tools/testing/until'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type InstalledSample, installSample } from './install-sample.ts'
import { type ProposalCase, proposalCases } from './proposal-cases.ts'
import { startSamplePrometheus } from './start-sample-prometheus.ts'

// A contract test: the answers of the sample cluster are written for tests; here they are compared with the answers of
// the real read tools, as the snapshot uses them.

/** Where the answer of a tool is used: in the snapshot's index, in a proposal, or why it is not used at all. */
type Use = { fact: (view: SnapshotView) => unknown } | { decides: 'proposal' } | { unused: string }

const MODEL_ONLY = 'Only a language model requests it, and cites the answer as it is.'

/** The uses by tool; a missing tool is a type error. */
const USES: Record<ReadToolName, Use> = {
  kubernetes_list_objects: { fact: view => view.workloadNamed('orders') },
  kubernetes_get_object: { fact: view => view.objectNamed('Namespace', NAMESPACE) },
  kubernetes_list_events: { fact: view => view.snapshot.events[0]?.reason },
  kubernetes_read_logs: { fact: view => view.logsOf('orders-1')[0]?.lines[0]?.text },
  kubernetes_can_i: { decides: 'proposal' },
  kubernetes_rollout_history: { unused: MODEL_ONLY },
  kubernetes_list_pod_metrics: { unused: MODEL_ONLY },
  prometheus_query: {
    fact: view => stringAt(view.read(questionId.metricProfiles())?.result, 'samples.0.labels.profile'),
  },
  prometheus_query_range: { fact: view => view.series('request-rate')[0]?.points[0] },
  prometheus_list_alerts: { fact: view => runAnalysers(view).find(({ code }) => code === 'ALERT_FIRING') },
  prometheus_read_alert_rule: {
    unused: 'Of alerts that Prometheus does not list, which the sample has none of.',
  },
  prometheus_list_targets: { unused: MODEL_ONLY },
  prometheus_list_metadata: { unused: MODEL_ONLY },
  alertmanager_list_alerts: { unused: MODEL_ONLY },
  delivery_list_apps: { decides: 'proposal' },
  delivery_get_app: { fact: view => view.apps.find(({ name }) => name === 'orders')?.repo },
  delivery_list_history: { decides: 'proposal' },
  delivery_list_deployments_since: { unused: 'An undo reads it after an action.' },
  delivery_diff_app: { decides: 'proposal' },
  delivery_read_sync_windows: { decides: 'proposal' },
  forge_compare_commits: { decides: 'proposal' },
  forge_get_commit: {
    unused: 'Asked where a release holds several commits; read like those of a comparison.',
  },
  forge_list_commits: { decides: 'proposal' },
  forge_get_pull_request: { unused: 'Pending reverts read it after an action.' },
  forge_contains_commit: { unused: 'Pending reverts read it after an action.' },
  forge_read_branch_rules: { decides: 'proposal' },
  runbooks_find: { unused: MODEL_ONLY },
}

const signal = new AbortController().signal
const cases = proposalCases().filter(({ title }) => /auto-sync|no GitOps/.test(title))
const installed: { sample: ProposalCase; systems: InstalledSample; investigated: Investigated }[] = []
let prometheus: { url: string; stop: () => Promise<void> }

beforeAll(async () => {
  prometheus = await startSamplePrometheus({ alerts: ['LatencyHigh'], isFailing: true })
  await Promise.all(
    cases.map(async sample => {
      const world = sample.world()
      const systems = await installSample(world, sample.service)
      installed.push({ sample, systems, investigated: investigate(world) })
    }),
  )
}, 120_000)
afterAll(() => Promise.all([prometheus.stop(), ...installed.map(({ systems }) => systems.stop())]))

test('the real answers about Argo CD, GitHub and permissions lead to the same proposal as the sample answers', async () => {
  const decisive = new Set<string>()
  for (const { sample, systems, investigated } of installed) {
    const evidence = await withRealAnswers(investigated, sample.service, systems.tools)
    const { scope } = investigated.snapshot
    const choose = (answers: Evidence[]) => {
      const diagnosis = diagnose(buildSnapshot(scope, answers))
      return chooseProposal({ diagnosis, verdict: diagnosis.verdict })
    }
    const choice = choose(evidence)
    expect(choice, sample.title).toEqual(investigated.choice)
    for (const tool of new Set(evidence.map(({ question }) => question.tool)))
      if (!isEqual(choose(evidence.filter(({ question }) => question.tool !== tool)), choice))
        decisive.add(tool)
  }
  for (const [tool, use] of Object.entries(USES)) if ('decides' in use) expect(decisive).toContain(tool)
}, 60_000)

test('every other answer is used in the snapshot, or unused by design', async () => {
  const found = installed.find(({ sample }) => sample.title.startsWith('git-revert of a Deployment'))
  if (found === undefined) throw new Error('No sample fault leads to a revert in Git.')
  const { systems, investigated } = found
  const alerts = investigated.snapshot.scope.alerts.map(alert => ({
    ...alert,
    labels: { alertname: alert.name },
  }))
  const scope: Scope = { ...investigated.snapshot.scope, alerts, since: new Date().toISOString() }
  const planned = () => planQuestions({ scope, diagnosis: null, round: 1, now: new Date().toISOString() })
  const tools = { ...systems.tools, prometheus: { url: prometheus.url } }
  const read = (question: Question, settings: ToolSettings = tools) => record([question], settings)
  const model = (tool: ReadToolName, args: Question['args']): Question => ({
    id: questionId.model(tool, 'one'),
    tool,
    args,
    why: tool,
  })
  const logs = await createApiServer({
    [`/api/v1/namespaces/${NAMESPACE}/pods/orders-1/log`]: () => ({ body: '2026-02-24T10:00:00Z ready\n' }),
  })
  let view: SnapshotView | undefined
  const lacking = () =>
    Object.entries(USES).flatMap(([tool, use]) =>
      'fact' in use && (view === undefined || use.fact(view) === undefined) ? [tool] : [],
    )
  // Prometheus needs a few scrapes before it can compute a rate.
  await until(async () => {
    const answers = await Promise.all([
      ...planned().map(question => read(question)),
      read(profileQuestion(NAMESPACE)),
      read(model('kubernetes_get_object', { kind: 'Namespace', name: NAMESPACE })),
      read(model('delivery_get_app', { name: 'orders' })),
      record(
        [
          {
            ...model('kubernetes_read_logs', { namespace: NAMESPACE, pod: 'orders-1', container: 'orders' }),
          },
        ],
        { kubernetes: { kubeconfig: logs.kubeconfig } },
      ),
    ])
    view = buildView(scope, numbered(answers.flat()))
    return lacking().length === 0
  }).catch(() => expect(lacking()).toEqual([]))
  await logs.close()
}, 60_000)

/** Replaces the evidence about the installed service by what the real tools read in the emulated systems. */
async function withRealAnswers(
  { evidence }: Investigated,
  service: string,
  tools: ToolSettings,
): Promise<Evidence[]> {
  const isReal = ({ question: { tool, args } }: Evidence) =>
    /^(delivery_|forge_|kubernetes_can_i)/.test(tool) &&
    [undefined, service].includes(args.name as string) &&
    [undefined, `apps/${service}`].includes(args.path as string)
  const answers = await record(
    evidence.filter(isReal).map(({ question }) => question),
    tools,
  )
  return evidence.map(recorded => {
    const answer = answers.find(({ question }) => question.id === recorded.question.id)
    if (answer === undefined) return recorded
    expect(answer.reason, recorded.question.id).toBeNull()
    return { ...recorded, result: inSample(recorded.result, answer.result) }
  })
}

/**
 * Merges the real answer with the sample's other applications. The emulators deploy in seconds what takes the sample
 * cluster a day, so a history keeps the times of the sample.
 */
function inSample(sample: Evidence['result'], real: Evidence['result']): Evidence['result'] {
  type Answer = { history?: Record<string, string>[]; apps?: { name: string }[] }
  const [written, read] = [sample, real] as Answer[]
  if (written?.apps !== undefined && read?.apps !== undefined)
    return { apps: written.apps.map(app => read.apps?.find(({ name }) => name === app.name) ?? app) }
  if (written?.history === undefined || read?.history === undefined) return real
  expect(read.history).toHaveLength(written.history.length)
  return {
    history: read.history.map((deployment, index) => {
      const { deployedAt = '', deployStartedAt = '' } = written.history?.[index] ?? {}
      return { ...deployment, deployedAt, deployStartedAt }
    }),
  }
}

async function record(questions: Question[], tools: ToolSettings): Promise<Evidence[]> {
  const recorder = createRecorder({ clients: createClients(tools), store: createMemoryEvidenceStore() })
  return Promise.all(questions.map(question => recorder.read(question, { investigationId: 'one', signal })))
}

function numbered(evidence: Evidence[]): Evidence[] {
  return evidence.map((answer, index) => ({ ...answer, id: `E${index + 1}` }))
}

function isEqual(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}
