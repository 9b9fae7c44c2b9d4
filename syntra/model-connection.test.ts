import { createAgentRunner } from '@goalixa/agents/model/create-agent-runner'
import { createAnsweringServer } from '@goalixa/tools/testing/answering-server'
import {
  type CertificateAuthority,
  createCertificateAuthority,
} from '@goalixa/tools/testing/certificate-authority'
import { startProxy } from '@goalixa/tools/testing/start-proxy'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { createDependencies } from './composition/create-dependencies.ts'
import { testConfig } from './testing/test-config.ts'

const HOST = 'models.corp.test'
let company: CertificateAuthority
beforeAll(async () => {
  company = await createCertificateAuthority('Corp Root CA')
})
const open: { close: () => Promise<void> }[] = []
afterEach(() => Promise.all(open.splice(0).map(thing => thing.close())))

/** A gateway to models that only the proxy can reach, and the settings that lead to it. */
async function startGateway() {
  const message = { role: 'assistant', content: 'It is the release.' }
  const body = { id: '1', object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }] }
  const server = await createAnsweringServer(() => ({ body }), await company.issue([HOST]))
  const proxy = await startProxy({ hosts: { [HOST]: server.port }, credentials: 'syntra:right-pass' })
  open.push(server, proxy)
  const settings = {
    SYNTRA_MODEL: 'openai:test',
    SYNTRA_MODEL_BASE_URL: `https://${HOST}/v1`,
    SYNTRA_MODEL_API_KEY: 'model-key',
    SYNTRA_MODEL_HEADERS: 'X-Team=sre',
    SYNTRA_MODEL_CA: company.ca,
    HTTPS_PROXY: proxy.url,
  }
  return { server, settings }
}

async function ask(settings: Record<string, string>) {
  const { model } = await createDependencies(testConfig('postgres://syntra@db/syntra', settings))
  if (!model) throw new Error('no model')
  const warnings: { reason?: string }[] = []
  const nothing = { calls: 0, inputTokens: 0, outputTokens: 0, dollars: 0 }
  const runAgent = createAgentRunner({
    model: model.chat,
    limits: { maxTokens: 50_000, maxDollars: 1, inputPrice: 3, outputPrice: 15 },
    spending: { load: async () => nothing, save: async () => {} },
    timeoutMs: 20_000,
    log: { warn: (fields: object) => warnings.push(fields) } as never,
  })
  const answer = await runAgent({ investigationId: 'i', name: 'narrator', task: 'Explain.', data: {} })
  return { answer, warnings }
}

it('reaches a model through the proxy, by its own authority and with its headers', async () => {
  const { server, settings } = await startGateway()
  expect(await ask(settings)).toEqual({ answer: 'It is the release.', warnings: [] })
  expect(server.asked[0]).toMatchObject({
    path: '/v1/chat/completions',
    headers: { authorization: 'Bearer model-key', 'x-team': 'sre' },
  })
})

it('logs the reason of the lowest layer when the model cannot be reached, and goes on without it', async () => {
  const { settings } = await startGateway()
  const { SYNTRA_MODEL_CA: _, ...withoutCa } = settings
  const { answer, warnings } = await ask(withoutCa)
  expect(answer).toBeUndefined()
  expect(warnings).toMatchObject([
    {
      reason: expect.stringMatching(
        /^The model cannot be reached at https:\/\/models\.corp\.test through .*: unable to .*certificate\. Set SYNTRA_MODEL_CA to/,
      ),
    },
  ])
}, 30_000)
