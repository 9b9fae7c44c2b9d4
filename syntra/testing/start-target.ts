import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { newestDeployment, readTarget, type TargetState } from './target-reads.ts'

/** What the target answers to a question, and about an effect. */
export type TargetAnswer = { isInPlace: boolean; revision: number; deployment: number }

/**
 * A small world over HTTP that counts every read by name and every effect that really happened. An effect carries its
 * action's id, as a real system's object would. `errors` falls to zero with the first effect, unless `isStubborn`.
 */
export async function startTarget({ port = 0 } = {}) {
  const world: TargetState & { isStubborn: boolean; reads: string[] } = {
    revision: 7,
    errors: 0.4,
    isStubborn: false,
    unrelatedAlerts: [],
    reads: [],
    effects: [],
  }
  const server = createServer(async (request, response) => {
    const answer = answerTo(request, await text(request))
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer))
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  const address = server.address()
  return {
    world,
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    async stop() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }

  function answerTo(request: IncomingMessage, body: string): unknown {
    const url = new URL(request.url ?? '/', 'http://target')
    const [, verb = '', name = ''] = url.pathname.split('/')
    const actionId = url.searchParams.get('actionId') ?? ''
    if (verb === 'read') world.reads.push(name)
    const read = verb === 'read' && body !== '' ? readTarget(world, name, JSON.parse(body)) : undefined
    if (read !== undefined) return read
    if (verb === 'change') {
      world.effects.push({ tool: name, actionId })
      world.revision += 1
      if (!world.isStubborn) world.errors = 0
    }
    const answer: TargetAnswer = {
      isInPlace: world.effects.some(effect => effect.tool === name && effect.actionId === actionId),
      revision: world.revision,
      deployment: newestDeployment(world),
    }
    return { ...answer, ...effectOf(actionId) }
  }
}
export type Target = Awaited<ReturnType<typeof startTarget>>

/** What later steps refer to in the results of earlier ones. */
function effectOf(actionId: string) {
  return {
    before: { prune: true, selfHeal: false },
    mark: actionId,
    number: 7,
    branch: `syntra/revert-${actionId}`,
    sha: 'b'.repeat(40),
  }
}
