import { connect } from 'node:net'

/** The answer to raw bytes; undefined if the connection ended without one. */
export type RawAnswer = { status: number; headers: string; body: string } | undefined

const WAIT_MS = 20_000

/** Sends bytes over a connection of their own and returns the first answer; `leaves` closes the connection in the middle instead. */
export function sendBytes(address: string, bytes: Buffer, { leaves = false } = {}): Promise<RawAnswer> {
  const { hostname, port } = new URL(address)
  return new Promise(resolve => {
    const socket = connect(Number(port), hostname)
    let text = ''
    socket.setTimeout(WAIT_MS, () => socket.destroy())
    // A service may refuse what is too large before it has read it.
    socket.on('error', () => {})
    socket.on('data', chunk => {
      text += chunk.toString('latin1')
      if (isComplete(text)) socket.destroy()
    })
    socket.on('close', () => resolve(parse(text)))
    socket.write(bytes, () => {
      if (leaves) setTimeout(() => socket.destroy(), 5)
    })
  })
}

// Some of our headers keep the connection open.
function isComplete(text: string): boolean {
  const answer = parse(text)
  if (answer?.status === 204) return true
  const length = /\r\ncontent-length: (\d+)/i.exec(answer?.headers ?? '')?.[1]
  return answer !== undefined && length !== undefined && Buffer.byteLength(answer.body) >= Number(length)
}

function parse(received: string): RawAnswer {
  const text = received.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '')
  const end = text.indexOf('\r\n\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1])
  if (end === -1 || Number.isNaN(status)) return undefined
  const body = Buffer.from(text.slice(end + 4), 'latin1').toString('utf8')
  return { status, headers: text.slice(0, end), body }
}
