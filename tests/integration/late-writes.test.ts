import { ExpectedError } from '@goalixa/chassis/errors'
import { chooseRows } from '@goalixa/chassis/testing/choose-rows'
import { type WriteToolName, writeTools } from '@goalixa/tools/catalog'
import type { Clients } from '@goalixa/tools/clients'
import { createClients } from '@goalixa/tools/create-clients'
import { createWriteCall } from '@goalixa/tools/testing/create-write-call'
import { kubeconfigFor } from '@goalixa/tools/testing/kubeconfig-for'
import type { WriteTool } from '@goalixa/tools/tool'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { losingLeaseAt } from './interrupted-call.ts'
import { ACTION_ID, blockSyncs, clusterOf, type LateWrite, lateWriteCases } from './late-write-cases.ts'
import { type Delivery, startDelivery } from './start-delivery.ts'
import { startHoldingProxy } from './start-holding-proxy.ts'

/** How many write requests a step of each tool sends at most. */
const REQUESTS: Record<WriteToolName, number> = {
  kubernetes_restart_workload: 1,
  kubernetes_scale_workload: 1,
  kubernetes_undo_rollout: 1,
  delivery_set_auto_sync: 1,
  delivery_rollback_app: 1,
  delivery_sync_app: 1,
  delivery_refresh_app: 1,
  delivery_terminate_operation: 1,
  forge_open_revert: 7,
  forge_merge_revert: 5,
  forge_close_revert: 1,
}
const tools = Object.keys(REQUESTS) as WriteToolName[]

// Of a tool with several requests, those that create the branch, open the pull request or merge it. The others leave only
// objects that nothing refers to, or a scratch branch.
const REPRESENTATIVES: Partial<Record<WriteToolName, number[]>> = {
  forge_open_revert: [6, 7],
  forge_merge_revert: [5],
}

type Proxy = Awaited<ReturnType<typeof startHoldingProxy>>
let delivery: Delivery
let cases: ReturnType<typeof lateWriteCases>
let direct: Clients
let delayed: Clients
let proxies: Proxy[]

beforeAll(async () => {
  delivery = await startDelivery()
  cases = lateWriteCases(delivery)
  const { argocd } = delivery
  const { url, token } = await clusterOf(delivery)
  const urls = [url, argocd.url, new URL(argocd.repoUrl).origin]
  proxies = await Promise.all(urls.map(startHoldingProxy))
  const clientsOf = ([kubernetes = '', delivered = '', forge = '']: string[]) =>
    createClients({
      kubernetes: { kubeconfig: kubeconfigFor(kubernetes, token), timeoutMs: 30_000 },
      argocd: { url: delivered, token: argocd.token, timeoutMs: 30_000 },
      github: { url: forge, token: 't-dev', timeoutMs: 30_000, gitHosts: ['github.test'] },
    })
  direct = clientsOf(urls)
  delayed = clientsOf(proxies.map(proxy => proxy.url))
}, 180_000)
afterAll(async () => {
  await Promise.all(proxies.map(proxy => proxy.stop()))
  await delivery.stop()
})
afterEach(() => blockSyncs(delivery, false))

it('every write tool has a case', () => {
  expect(tools.toSorted()).toEqual(writeTools.map(({ name }) => name).toSorted())
})

describe.each(tools)('%s', name => {
  const tool = writeTools.find(each => each.name === name) as WriteTool
  const argsOf = ({ args }: LateWrite) => tool.input.parse({ ...args, actionId: ACTION_ID })

  const all = Array.from({ length: REQUESTS[name] }, (_, index) => index + 1)
  const requests = chooseRows(all, REPRESENTATIVES[name] ?? all)

  it.each(requests)(
    'sends no request from number %i on once its worker has lost the lease',
    async request => {
      const step = await cases[name]()
      const before = await step.effect()
      const failure = tool.run(argsOf(step), direct, losingLeaseAt(request))
      await expect(failure).rejects.toMatchObject({ code: 'LEASE_LOST' })
      if (request === 1) expect(await step.effect()).toEqual(before)
    },
  )

  it.each(requests)(
    'has one effect if request %i lands after another worker has done the step',
    async request => {
      const step = await cases[name]()
      const input = argsOf(step)
      let isTakenOver = false
      const first = createWriteCall({
        async assertLease() {
          if (isTakenOver) throw new ExpectedError('conflict', 'LEASE_LOST', 'another worker holds the lease')
        },
      })
      for (const proxy of proxies) proxy.hold(request)
      const late = tool.run(input, delayed, first).then(
        () => 'done',
        (error: Error) => error.message,
      )
      const held = Promise.race(proxies.map(proxy => proxy.held()))
      expect(await Promise.race([held, late])).toBeUndefined()

      const second = createWriteCall()
      if ((await tool.findEffect(input, direct, second)) === undefined) await tool.run(input, direct, second)
      const effect = await step.effect()
      isTakenOver = true
      for (const proxy of proxies) proxy.release()
      await late
      expect(await step.effect()).toEqual(effect)
      const found = await tool.findEffect(input, direct, second)
      // A refresh leaves nothing behind.
      if (name !== 'delivery_refresh_app') expect(found).toBeDefined()
    },
    120_000,
  )
})
