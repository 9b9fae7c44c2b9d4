import { chooseProposal } from '@goalixa/agents/devops/choose-proposal'
import { diagnoseView } from '@goalixa/agents/incident/diagnose'
import { planQuestions } from '@goalixa/agents/planner/plan-questions'
import { writeReport } from '@goalixa/agents/report/write-report'
import { reviewProposal } from '@goalixa/agents/reviewer/review-proposal'
import { buildView } from '@goalixa/agents/snapshot/build-snapshot'
import { parseQuestionId, questionId } from '@goalixa/agents/snapshot/question-id'
import { investigate } from '@goalixa/agents/testing/investigate'
import { iso, NAMESPACE } from '@goalixa/agents/testing/kube'
import { NOW } from '@goalixa/agents/testing/sample-cluster'
import { createPool, type Pool } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { HOSTILE_TEXTS } from '@goalixa/sandbox/faults/neighbours/hostile-texts'
import { buildCli } from '@goalixa/syntra/cli/build-cli'
import type { Dependencies } from '@goalixa/syntra/composition/dependencies'
import { fakeDependencies } from '@goalixa/syntra/testing/fake-dependencies'
import { startSyntra, type TestSyntra } from '@goalixa/syntra/testing/start-syntra'
import { KEYS } from '@goalixa/syntra/testing/test-config'
import type { Evidence, Question } from '@goalixa/tools/evidence'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { activeMarkdownIn } from './active-markdown-in.ts'
import { ALL_HOSTILE, answerAsRecorded, poison } from './poison-world.ts'
import { slowRelease } from './slow-release.ts'

const STEERING = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of the CLI for its own colours
const COLOURS = /\u001b\[\d{1,2}m/g

let postgres: TestPostgres
let syntra: TestSyntra
let pool: Pool
const asked: Question[] = []

beforeAll(async () => {
  postgres = await startPostgres()
  const databaseUrl = await postgres.createDatabase()
  syntra = await startSyntra({
    databaseUrl,
    dependencies: hostileDependencies(),
    settings: { SYNTRA_TIME_SCALE: '30' },
  })
  pool = createPool({ url: databaseUrl, name: 'test' })
})
afterAll(async () => {
  await pool.end()
  await syntra.stop()
  await postgres.stop()
})

it('stores hostile alerts in full, and proposes the same for the real alert as without them', async () => {
  const elsewhere = ALL_HOSTILE.map((text, index) => ({
    labels: {
      alertname: text,
      namespace: text,
      service: `${text}${index}`,
      [text]: text,
      ['__proto__']: text,
    },
    annotations: { summary: text, [text]: text },
    startsAt: iso(NOW - 60),
  }))
  const answer = await syntra.deliver([...elsewhere, realAlert()])
  expect(answer).toMatchObject({ status: 202, body: { accepted: elsewhere.length + 1 } })

  const { rows } = await pool.query<{ name: string }>(`SELECT labels->>'alertname' AS name FROM alerts`)
  const storable = ALL_HOSTILE.map(text => text.toWellFormed().replaceAll('\u0000', '\uFFFD'))
  expect(rows.map(row => row.name).toSorted()).toEqual([...storable, 'LatencyHigh'].toSorted())

  const clean = investigate(slowRelease())
  const { id, action } = await theRealIncident()
  const { body } = await syntra.get(`/v1/actions/${action.id}`)
  expect(body.proposal.steps.map((step: { tool: string }) => step.tool)).toEqual(
    clean.choice.proposal?.steps.map(step => step.tool),
  )
  expect(body.proposal.target).toEqual(clean.choice.proposal?.target)
  expect(
    asked.filter(question => question.args.namespace === NAMESPACE).map(question => question.id),
  ).toEqual(expect.arrayContaining([questionId.events(), questionId.objects('workloads')]))
  const word = { decision: 'reject', reason: HOSTILE_TEXTS.order, stateDigest: body.stateDigest }
  expect((await syntra.post(`/v1/actions/${action.id}/decision`, word)).status).toBe(200)
  await untilAllHaveEnded(elsewhere.length + 1)
  await expectSafeAnswers(id)
}, 60_000)

it('shows every incident, timeline and report without markup, control characters or missing lines', async () => {
  const { body } = await syntra.get('/v1/incidents?limit=200')
  expect(body.incidents.length).toBeGreaterThan(10)
  for (const { id } of body.incidents) await expectSafeAnswers(id)
  for (const args of [['incidents'], ['incident'], ['incident', '--report'], ['--json', 'incident']]) {
    const shown = (await cli(args)).replace(COLOURS, '')
    expect(shown).not.toMatch(STEERING)
    expect(shown.length).toBeGreaterThan(100)
  }
})

/** Creates the dependencies: the tools' answers come from the poisoned sample cluster, everything else is the real engine. */
function hostileDependencies(): Dependencies {
  const trouble = hostileTrouble()
  return {
    ...fakeDependencies('http://127.0.0.1:1'),
    engine: {
      planQuestions: question => planQuestions({ ...question, now: iso(NOW) }),
      buildView,
      diagnose: diagnoseView,
      chooseProposal,
      reviewProposal,
    },
    createRecorder: store => ({
      async read(question, { investigationId }): Promise<Evidence> {
        asked.push(question)
        const { id: _number, ...answer } = answerAsRecorded(trouble, question, 0)
        return store.save(investigationId, answer)
      },
    }),
    writeReport: async facts => writeReport(facts),
  }
}

function hostileTrouble() {
  const logs = investigate(slowRelease()).evidence.map(answer => answer.question.id)
  return poison(
    slowRelease(),
    logs.filter(id => parseQuestionId(id)?.kind === 'logs'),
  )
}

function realAlert() {
  const [alert] = hostileTrouble().scope
  return {
    labels: { ...alert?.labels, alertname: 'LatencyHigh' },
    annotations: alert?.annotations,
    startsAt: alert?.startsAt,
  }
}

async function theRealIncident() {
  const isProposed = (incident: { service: string; action: unknown }) =>
    incident.service === 'front' && incident.action
  const page = await syntra.until(
    '/v1/incidents?limit=200',
    body => body.incidents?.some(isProposed) ?? false,
    45_000,
  )
  return page.incidents.find(isProposed)
}

async function untilAllHaveEnded(count: number) {
  const isStill = ({ investigation }: { investigation: { state: string } | null }) =>
    investigation?.state === 'done'
  await syntra.until(
    '/v1/incidents?limit=200',
    body => body.incidents?.length === count && body.incidents.every(isStill),
    45_000,
  )
}

async function expectSafeAnswers(id: string) {
  const timeline = await syntra.get(`/v1/incidents/${id}/timeline`)
  expect(timeline.body.tamperedAt).toBeNull()
  expect(timeline.body.lines.length).toBeGreaterThan(2)
  const report = await fetch(`${syntra.url}/v1/incidents/${id}/report?format=markdown`, {
    headers: { authorization: `Bearer ${KEYS.ada}` },
  })
  expect(report.status).toBe(200)
  const markdown = await report.text()
  expect(activeMarkdownIn(markdown)).toEqual([])
  expect(markdown).not.toMatch(STEERING)
}

async function cli(args: string[]): Promise<string> {
  let shown = ''
  const program = buildCli({
    isTerminal: false,
    signal: AbortSignal.timeout(20_000),
    write: text => {
      shown += text
    },
    env: { SYNTRA_URL: syntra.url, SYNTRA_KEY: KEYS.ada, XDG_CONFIG_HOME: '/nonexistent' },
    setExitCode: () => {},
  })
  await program.parseAsync(['node', 'syntra', ...args])
  return shown
}
