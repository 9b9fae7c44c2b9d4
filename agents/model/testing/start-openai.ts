import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** The answer of the server to the next request; the last answer repeats. */
export type Script = {
  text?: string
  toolCalls?: { name: string; args: unknown }[]
  status?: number
  /** Waits this long before it answers. */
  hangMs?: number
  raw?: string
  /** Never ends, as fast as it is read. */
  isEndless?: boolean
}

/** An OpenAI-compatible server on loopback that answers from a script, as a stream where one is requested. */
export async function startOpenAi(script: Script[]) {
  const requests: {
    messages: { role: string; content: string }[]
    tools?: unknown[]
    max_tokens?: number
    stream?: boolean
  }[] = []
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    requests,
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/v1`,
    async stop() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }

  async function answer(request: IncomingMessage, response: ServerResponse) {
    let body = ''
    for await (const chunk of request) body += chunk
    requests.push(JSON.parse(body))
    const {
      text = '',
      toolCalls = [],
      status = 200,
      hangMs,
      raw,
      isEndless,
    } = (script.length > 1 ? script.shift() : script[0]) ?? {}
    if (hangMs) await new Promise(resolve => setTimeout(resolve, hangMs).unref())
    if (status !== 200) {
      response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '0' })
      response.end(JSON.stringify({ error: { message: 'slow down', type: 'rate_limit' } }))
      return
    }
    const isStream = requests.at(-1)?.stream === true
    response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' })
    if (isEndless) {
      writeForEver(response)
      return
    }
    if (raw !== undefined) {
      response.end(raw)
      return
    }
    const calls = toolCalls.map(({ name, args }, index) => ({
      index,
      id: `call-${index}`,
      type: 'function',
      function: { name, arguments: JSON.stringify(args) },
    }))
    const finish = calls.length > 0 ? 'tool_calls' : 'stop'
    const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 }
    if (!isStream) {
      const message = { role: 'assistant', content: text, ...(calls.length > 0 ? { tool_calls: calls } : {}) }
      const choices = [{ index: 0, message, finish_reason: finish }]
      response.end(JSON.stringify({ ...FRAME, object: 'chat.completion', choices, usage }))
      return
    }
    event(response, { role: 'assistant', content: '' })
    for (const part of text.match(/.{1,7}/gs) ?? []) event(response, { content: part })
    for (const call of calls) event(response, { tool_calls: [call] })
    event(response, {}, finish)
    response.write(`data: ${JSON.stringify({ ...FRAME, choices: [], usage })}\n\n`)
    response.end('data: [DONE]\n\n')
  }
}

function writeForEver(response: ServerResponse): void {
  const send = () => {
    while (!response.destroyed && response.write(`: ${'x'.repeat(50_000)}\n\n`));
  }
  response.on('drain', send)
  send()
}

const FRAME = { id: 'x', object: 'chat.completion.chunk', created: 1, model: 'test' }

function event(response: ServerResponse, delta: unknown, finish: string | null = null) {
  response.write(
    `data: ${JSON.stringify({ ...FRAME, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`,
  )
}
