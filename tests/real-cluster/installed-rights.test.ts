import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findTool } from '@goalixa/tools/catalog'
import type { Clients } from '@goalixa/tools/clients'
import { createClients } from '@goalixa/tools/create-clients'
import { Kind } from '@goalixa/tools/kubernetes/kinds'
import { until } from '@goalixa/tools/testing/until'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { ROOT } from '../source-files.ts'
import { admittedChanges, rejectedChanges, workloadBefore } from '../workload-changes.ts'
import { runKubectl } from './run-kubectl.ts'

// A cluster on which this may install Syntra and remove it again: `npm run envtest:test` names its own.
const admin = process.env.INSTALL_KUBECONFIG ?? ''
const signal = new AbortController().signal
const NAMESPACES = ['goalixa-staging', 'goalixa-production']
const INSTALLATION = join(ROOT, 'k8s/syntra')

describe.runIf(admin)('Syntra installed on a real cluster', () => {
  let folder: string
  let worker: string
  let clients: Clients
  const kubectl = (...args: string[]) => runKubectl(admin, args)

  beforeAll(async () => {
    const present = await kubectl('get', 'namespaces', '-o', 'name')
    for (const name of ['syntra', ...NAMESPACES])
      if (present.split('\n').includes(`namespace/${name}`))
        throw new Error(
          `The cluster has a namespace ${name}; expected one that this test may create and delete.`,
        )
    folder = mkdtempSync(join(tmpdir(), 'installed-'))
    for (const name of NAMESPACES) await kubectl('create', 'namespace', name)
    await kubectl('apply', '-k', INSTALLATION)
    const deployment = JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', ...workloadBefore })
    for (const name of NAMESPACES)
      await runKubectl(admin, ['create', '--namespace', name, '--filename', '-'], deployment)
    worker = join(folder, 'kubeconfig')
    const token = await kubectl('create', 'token', 'syntra-worker', '--namespace', 'syntra')
    const config = parse(readFileSync(admin, 'utf8'))
    const [cluster] = config.clusters
    writeFileSync(
      worker,
      JSON.stringify({
        ...config,
        users: [{ name: 'worker', user: { token: token.trim() } }],
        contexts: [{ name: 'worker', context: { cluster: cluster.name, user: 'worker' } }],
        'current-context': 'worker',
      }),
    )
    clients = createClients({ kubernetes: { kubeconfig: worker } })
    // The API server compiles a new policy some time after it was created.
    await until(async () => DENIED.test(await change('goalixa-staging', rejectedChanges[0]?.[1])))
  })
  afterAll(async () => {
    await kubectl('delete', '-k', INSTALLATION, '--ignore-not-found', '--wait=false')
    await kubectl('delete', 'namespace', ...NAMESPACES, '--ignore-not-found', '--wait=false')
    rmSync(folder, { recursive: true, force: true })
  })

  const DENIED = /ValidatingAdmissionPolicy 'syntra-actor' .*denied request: Syntra (must|may)/

  /** Patches the workload as Syntra's account, and returns 'admitted' or the error message. */
  function change(namespace: string, object: object = {}): Promise<string> {
    const args = ['patch', 'deployment', 'core', '--namespace', namespace, '--type=merge', '--dry-run=server']
    return runKubectl(worker, [...args, '--patch', JSON.stringify(object)]).then(
      () => 'admitted',
      (error: Error) => error.message,
    )
  }

  it('has the pods of both processes admitted under the restricted pod security standard', async () => {
    const owners = async () => (await kubectl('get', 'pods', '-n', 'syntra', '-o', 'name')).split('\n')
    await expect.poll(owners, { timeout: 60_000 }).toContainEqual(expect.stringMatching(/^pod\/syntra-api-/))
    await expect
      .poll(owners, { timeout: 60_000 })
      .toContainEqual(expect.stringMatching(/^pod\/syntra-worker-/))
  })

  it('reads every kind that its tools read', async () => {
    const kinds = Kind.options.filter(kind => kind !== 'Secret')
    const read = { namespace: 'goalixa-production', kinds }
    const { objects, refused } = await findTool('kubernetes_list_objects').run(read, clients, signal)
    expect(refused).toEqual([])
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toContain('Deployment core')
  })

  it('reads no Secrets, and changes nothing else', async () => {
    const allowed = async (verb: string, resource: string, namespace: string) =>
      (
        await runKubectl(worker, ['auth', 'can-i', verb, resource, '--namespace', namespace]).catch(
          (error: { stdout?: string }) => error.stdout ?? '',
        )
      ).trim()
    for (const verb of ['get', 'list', 'watch'])
      expect(await allowed(verb, 'secrets', 'goalixa-staging')).toBe('no')
    for (const resource of [
      'pods',
      'pods/exec',
      'configmaps',
      'deployments',
      'rolebindings.rbac.authorization.k8s.io',
    ])
      expect(await allowed('create', resource, 'goalixa-staging'), resource).toBe('no')
    expect(await allowed('patch', 'deployments', 'goalixa-staging')).toBe('yes')
    expect(await allowed('patch', 'deployments', 'goalixa-production')).toBe('no')
    expect(await allowed('update', 'deployments', 'goalixa-staging')).toBe('no')
  })

  it.each(admittedChanges)(
    'may change a workload of staging by %s, and none of production',
    async (_what, object) => {
      expect(await change('goalixa-staging', object)).toBe('admitted')
      expect(await change('goalixa-production', object)).toContain('cannot patch resource "deployments"')
    },
  )

  it.each(rejectedChanges)('may not change a workload by %s', async (what, object) => {
    // Kubernetes itself refuses this one, before it asks the policy.
    const refusal = what === 'another selector' ? /field is immutable/ : DENIED
    expect(await change('goalixa-staging', object)).toMatch(refusal)
  })
})
