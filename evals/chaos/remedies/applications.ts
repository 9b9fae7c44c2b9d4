import type { Precondition } from '@goalixa/agents/devops/precondition'
import type { Release } from '@goalixa/agents/devops/rollback/release'
import type { Cause } from '@goalixa/agents/incident/verdict'
import { questionId } from '@goalixa/agents/snapshot/question-id'
import type { Snapshot } from '@goalixa/agents/snapshot/snapshot'
import { waitUntil } from '@goalixa/sandbox/platform/wait-until'
import { idempotencyKey } from '@goalixa/syntra/actions/execution/perform-steps'
import { DeploymentHistory } from '@goalixa/tools/delivery/app'
import type { Question } from '@goalixa/tools/evidence'
import { revertBranchPrefix } from '@goalixa/tools/forge/github/revert-branch'
import { z } from 'zod'
import { GIT_HOST, REPOSITORY, type Targets } from '../system/start-targets.ts'
import type { Service } from './remedy.ts'

/** The setting of auto-sync that every application starts with. */
export const AUTO_SYNC = { prune: true }

/** Creates an application whose second deployment is the bad release. Resolves with both commits. */
export async function createApplication(targets: Targets, service: string) {
  const { argocd, repoURL } = targets
  await targets.kubernetes('POST', '/api/v1/namespaces', { metadata: { name: service } })
  const good = await commit(targets, service, 'good')
  await argocd('POST', '/applications', {
    metadata: { name: service },
    spec: {
      project: 'default',
      source: { repoURL, path: service, targetRevision: 'main' },
      destination: { server: 'https://kubernetes.default.svc', namespace: service },
      syncPolicy: { automated: AUTO_SYNC },
    },
  })
  await deployed(targets, service, 1)
  const bad = await commit(targets, service, 'bad', good.blob)
  await argocd('GET', `/applications/${service}?refresh=normal`)
  await deployed(targets, service, 2)
  return { good: good.sha, bad: bad.sha }
}

export function applicationQuestions(service: string): Question[] {
  return [
    {
      id: questionId.deliveryHistory(service),
      tool: 'delivery_list_history',
      args: { name: service },
      why: 'the deployments of the application',
    },
    {
      id: questionId.commits(service),
      tool: 'forge_list_commits',
      args: { repo: `${GIT_HOST}/${REPOSITORY}`, branch: 'main', path: service },
      why: "the commits in the application's folder",
    },
    { id: `app/${service}`, tool: 'delivery_get_app', args: { name: service }, why: 'the application' },
  ]
}

const Commits = z.object({ commits: z.array(z.object({ sha: z.string() })) })

/** The bad release, from what was read; undefined if that is not enough. */
export function readRelease(service: string, { reads }: Snapshot, cause: Cause): Release | undefined {
  const answerTo = (id: string) => reads.find(({ question }) => question === id)
  const read = answerTo(questionId.deliveryHistory(service))
  const [current, target] = DeploymentHistory.safeParse(read?.result).data?.history ?? []
  // Not the deployed revision: that may be a later commit, of another service.
  const [release] = Commits.safeParse(answerTo(questionId.commits(service))?.result).data?.commits ?? []
  if (read === undefined || !current?.revision || !target?.revision || release === undefined) return undefined
  return {
    cause,
    workload: undefined,
    app: {
      evidence: read.evidence,
      name: service,
      project: 'default',
      namespace: service,
      cluster: 'in-cluster',
      repo: `${GIT_HOST}/${REPOSITORY}`,
      path: service,
      branch: 'main',
      syncStatus: 'Synced',
      revision: current.revision,
      health: 'Healthy',
      automated: { prune: true, selfHeal: false },
      knowsAutomation: true,
      operation: null,
      resources: [],
      parent: null,
      hasHooks: false,
    },
    current: { id: current.id, revision: current.revision },
    target: { id: target.id, revision: target.revision },
    sha: release.sha,
    toRevision: null,
    fromRevision: null,
    canSync: true,
    requiredReviews: 0,
    requiredChecks: 0,
    operationSeconds: 30,
    checkSeconds: 30,
    evidence: [read.evidence],
  }
}

/** Nothing was deployed since, and nothing is being deployed. */
export function applicationUnchanged(service: string, { current }: Release): Precondition[] {
  const args = { name: service }
  return [
    {
      kind: 'nothing-deployed',
      tool: 'delivery_list_history',
      args,
      path: 'history.0.id',
      value: current?.id ?? 0,
    },
    { kind: 'no-operation', tool: 'delivery_get_app', args, path: 'isOperating', value: false },
  ]
}

/** The application as Argo CD has it. */
export async function applicationIn({ argocd }: Targets, service: string): Promise<Application> {
  return argocd('GET', `/applications/${service}`)
}
type Application = {
  metadata: { annotations?: Record<string, string> }
  spec: { syncPolicy?: { automated?: Record<string, unknown> } }
  status?: { history?: { revision: string; initiatedBy?: { automated?: boolean } }[] }
}

/** The pull requests of Syntra's account that revert a commit of this service, or the merge of such a revert. */
export async function revertsOf({ github }: Targets, service: string): Promise<PullRequest[]> {
  const all: PullRequest[] = []
  for (let page = 1; ; page += 1) {
    const pulls: PullRequest[] = await github(
      'GET',
      `/repos/${REPOSITORY}/pulls?state=all&per_page=100&page=${page}`,
    )
    all.push(...pulls)
    if (pulls.length < 100) break
  }
  const own = all.filter(({ user }) => user.login === 'syntra')
  const reverts = own.filter(({ title }) => title.includes(`"${service} `))
  // The revert of a revert has the title of the merge.
  const merges = reverts.map(({ number }) => `"Merge pull request #${number} `)
  return [...reverts, ...own.filter(({ title }) => merges.some(merge => title.includes(merge)))]
}
export type PullRequest = {
  number: number
  title: string
  state: string
  merged_at: string | null
  merge_commit_sha: string | null
  user: { login: string }
  head: { ref: string; sha: string }
}

/** The action's id, what the names of its branches contain, and the paths of its pull requests. */
export async function forgeKeysOf(targets: Targets, service: Service, actionId: string): Promise<string[]> {
  if (service.prepared.bad === undefined) return []
  const keys = [actionId, idempotencyKey(actionId, 'undo')]
  const parts = keys.map(key => revertBranchPrefix('', key).replace('syntra/revert', ''))
  const pulls = await revertsOf(targets, service.name)
  const own = pulls.filter(({ head }) => parts.some(part => head.ref.includes(part)))
  return [actionId, ...parts, ...own.map(({ number }) => `/pulls/${number}/`)]
}

async function commit({ github }: Targets, service: string, version: string, before?: string) {
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: service },
    data: { VERSION: version },
  }
  const content = Buffer.from(JSON.stringify(object, null, 1)).toString('base64')
  const path = `/repos/${REPOSITORY}/contents/${service}/config.json`
  const answer = await github('PUT', path, {
    message: `${service} ${version}`,
    content,
    branch: 'main',
    sha: before,
  })
  return { sha: String(answer.commit.sha), blob: String(answer.content.sha) }
}

function deployed(targets: Targets, service: string, deployments: number) {
  return waitUntil(
    async () => ((await applicationIn(targets, service)).status?.history?.length ?? 0) >= deployments,
    { what: `deployment ${deployments} of ${service}`, timeoutMs: 60_000 },
  )
}
