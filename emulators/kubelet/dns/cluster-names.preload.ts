// Loaded into every Node process of a pod with `--import`: makes `dns.lookup`, which net, http, fetch and pg use,
// resolve the names of the cluster. Without a network namespace there is no place for a DNS server.
import dns, { type LookupAddress, type LookupOptions } from 'node:dns'
import { readFileSync, statSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { isIP } from 'node:net'
import { hostname as ownHostname } from 'node:os'
import type { Names } from './build-dns-records.ts'
import { resolveName } from './resolve-name.ts'

type Callback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void

const { SANDBOX_NAMES_FILE: file = '', SANDBOX_NAMESPACE: namespace = 'default' } = process.env
const original = dns.lookup
let names: Names = {}
let readAtMs = -1

function lookup(
  hostname: string,
  second: LookupOptions | number | Callback | null | undefined,
  third?: Callback,
): unknown {
  const callback = typeof second === 'function' ? second : third
  const options = optionsOf(second)
  if (!callback || typeof hostname !== 'string' || isIP(hostname) !== 0 || hostname === ownHostname())
    return original(hostname, options, callback as never)
  const found = resolveName(hostname, namespace, currentNames())
  if (found === 'outside') return original(hostname, options, callback as never)
  if (found === 'unknown') return process.nextTick(callback, notFound(hostname), '')
  if ('alias' in found) return lookup(found.alias, options, callback)
  const addresses = options.family === 6 ? [] : found.addresses.map(address => ({ address, family: 4 }))
  const [first] = addresses
  if (!first) return process.nextTick(callback, notFound(hostname), '')
  if (options.all) return process.nextTick(callback, null, addresses)
  process.nextTick(callback, null, first.address, first.family)
}

function optionsOf(second: unknown): LookupOptions {
  if (typeof second === 'number') return { family: second }
  return typeof second === 'object' && second !== null ? second : {}
}

function currentNames(): Names {
  try {
    const { mtimeMs } = statSync(file)
    if (mtimeMs !== readAtMs) names = JSON.parse(readFileSync(file, 'utf8'))
    readAtMs = mtimeMs
  } catch {
    // The file is not written yet, or the kubelet has exited: the last known records remain valid.
  }
  return names
}

function notFound(hostname: string): NodeJS.ErrnoException {
  const error = new Error(`getaddrinfo ENOTFOUND ${hostname}`)
  return Object.assign(error, { code: 'ENOTFOUND', errno: -3008, syscall: 'getaddrinfo', hostname })
}

async function lookupAsPromise(hostname: string, options?: LookupOptions | number) {
  const wanted = optionsOf(options)
  return new Promise((resolve, reject) =>
    lookup(hostname, wanted, (error, address, family) => {
      if (error) reject(error)
      else resolve(wanted.all ? address : { address, family })
    }),
  )
}

Object.assign(dns, { lookup })
Object.assign(dns.promises, { lookup: lookupAsPromise })
syncBuiltinESMExports()
