import { createServer, type IncomingMessage } from 'node:http'

/**
 * A small world over HTTP that counts every read by name and every effect that really happened. An effect is marked with
 * its action, as a real system's object would be. `errors` falls to zero with the first effect, unless `isStubborn`.
 */
export async function startTarget() {
  const world = {
    revision: 7,
    errors: 0.4 as number | null,
    isStubborn: false,
    reads: [] as string[],
    effects: [] as { tool: string; actionId: string }[],
  }
  const server = createServer((request, response) => {
    const answer = answerTo(request)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    world,
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    async stop() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }

  function answerTo(request: IncomingMessage) {
    const url = new URL(request.url ?? '/', 'http://target')
    const [, verb = '', name = ''] = url.pathname.split('/')
    const actionId = url.searchParams.get('actionId') ?? ''
    if (verb === 'read') world.reads.push(name)
    if (verb === 'change') {
      world.effects.push({ tool: name, actionId })
      world.revision += 1
      if (!world.isStubborn) world.errors = 0
    }
    return {
      findEffect: world.effects.some(effect => effect.tool === name && effect.actionId === actionId),
      revision: world.revision,
      samples: world.errors === null ? [] : [{ value: world.errors }],
    }
  }
}
export type Target = Awaited<ReturnType<typeof startTarget>>
