import type { Clients } from '@goalixa/tools/clients'
import { createWriteCall } from '@goalixa/tools/testing/create-write-call'
import { defineTool, type Tool } from '@goalixa/tools/tool'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { createToolExecutor } from './tool-executor.ts'

const never = () => new Promise<never>(() => {})
const tools = [
  defineTool({
    name: 'read',
    description: 'Reads.',
    effect: 'read',
    input: z.object({ name: z.string() }),
    run: async ({ name }) => ({ name }),
  }),
  defineTool({
    name: 'push',
    description: 'Pushes, and never answers.',
    effect: 'write',
    risk: 'R2',
    input: z.object({ actionId: z.string() }),
    run: never,
    findEffect: never,
  }),
] as unknown as Tool[]
const toolExecutor = createToolExecutor({
  tools,
  clients: {} as Clients,
  readTimeoutMs: 50,
  writeTimeoutMs: 50,
})
const signal = new AbortController().signal
const call = createWriteCall({ signal })

test('a write that times out is unavailable, because it may have taken effect', async () => {
  const late = { kind: 'unavailable', code: 'DEADLINE' }
  await expect(toolExecutor.write('push', { actionId: 'a' }, call)).rejects.toMatchObject(late)
  await expect(toolExecutor.findEffect('push', { actionId: 'a' }, call)).rejects.toMatchObject(late)
})

test('a write cannot be called as a read, nor a read as a write, nor either with invalid arguments', async () => {
  expect(await toolExecutor.read('read', { name: 'x' }, signal)).toEqual({ name: 'x' })
  await expect(toolExecutor.read('push', { actionId: 'a' }, signal)).rejects.toMatchObject({
    code: 'NO_SUCH_TOOL',
  })
  await expect(toolExecutor.write('read', { name: 'x' }, call)).rejects.toMatchObject({
    code: 'NO_SUCH_TOOL',
  })
  await expect(toolExecutor.read('read', { name: 7 }, signal)).rejects.toThrow(z.ZodError)
})

test('an abort by the caller stays an abort', async () => {
  const stop = new AbortController()
  const writing = toolExecutor.write('push', { actionId: 'a' }, createWriteCall({ signal: stop.signal }))
  stop.abort(new Error('lock lost'))
  await expect(writing).rejects.toThrow()
})
