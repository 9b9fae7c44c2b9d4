/** One event of a `text/event-stream`. */
export type StreamEvent = { id: string | undefined; event: string; data: string }

/** Parses server-sent events as they arrive; ends with the body. Source: https://html.spec.whatwg.org/ section 9.2.6. */
export async function* readEventStream(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  let fields: { id?: string; event?: string; data: string[] } = { data: [] }
  for await (const line of linesOf(body)) {
    if (line === '') {
      if (fields.data.length > 0)
        yield { id: fields.id, event: fields.event ?? 'message', data: fields.data.join('\n') }
      fields = { data: [] }
      continue
    }
    const colon = line.indexOf(':')
    if (colon === 0) continue
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'data') fields.data.push(value)
    else if (name === 'id' || name === 'event') fields[name] = value
  }
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of body.pipeThrough(
    new TextDecoderStream() as TransformStream<Uint8Array, string>,
  )) {
    const lines = (rest + chunk).split(/\r\n|\n|\r/)
    rest = lines.pop() ?? ''
    yield* lines
  }
}
