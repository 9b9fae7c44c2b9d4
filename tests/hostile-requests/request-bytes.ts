/** The parts of a request over HTTP. */
export type Parts = {
  method: string
  target: string
  headers: Record<string, string>
  body: Buffer | undefined
}

/** The name of the device in each sample. A device may send each number once, so that each request gets a device of its own. */
export const DEVICE = 'device-000000'

/** Writes a request as it is sent, however wrong its parts are. */
export function bytesOf({ method, target, headers, body }: Parts): Buffer {
  const length =
    body === undefined || 'transfer-encoding' in headers ? {} : { 'content-length': String(body.length) }
  const own = body?.includes(DEVICE) ? withOwnDevice(body) : body
  const lines = Object.entries({ ...length, ...headers }).map(([name, value]) => `${name}: ${value}`)
  const head = Buffer.from(`${[`${method} ${target} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`, 'latin1')
  return own === undefined ? head : Buffer.concat([head, own])
}

let devices = 0

function withOwnDevice(body: Buffer): Buffer {
  const name = `device-${String(++devices).padStart(6, '0')}`
  // Byte by byte, whatever else the body contains.
  return Buffer.from(body.toString('latin1').replaceAll(DEVICE, name), 'latin1')
}
