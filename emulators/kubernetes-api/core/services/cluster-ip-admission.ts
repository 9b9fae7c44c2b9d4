import { invalid } from '../../meta/field-error.ts'
import type { Admission } from '../../registry/dependencies.ts'
import { invalidObject } from '../../registry/status-error.ts'
import { services } from './kind.ts'
import type { Service } from './service.ts'

/** Allocates a unique cluster IP of a CIDR range to each service. Throws if the range is invalid. */
export function clusterIpAdmission(cidr: string): Admission {
  const range = rangeOf(cidr)
  const { first, last } = range
  return ({ kind, object, store }) => {
    if (kind.kind !== services.kind) return
    const { spec, metadata } = object as Service
    if (!spec || spec.type === 'ExternalName' || spec.clusterIP === 'None') return
    const others = store.list(services).filter(service => service.metadata.uid !== metadata.uid)
    const taken = new Set(others.map(other => other.spec.clusterIP))
    if (spec.clusterIP) checkAddress(spec.clusterIP, taken, range, metadata.name)
    else spec.clusterIP = nextAddress(taken, first, last)
    spec.clusterIPs = [spec.clusterIP]
  }
}

type Range = { cidr: string; first: number; last: number }

function rangeOf(cidr: string): Range {
  const [address = '', bits = ''] = cidr.split('/')
  const size = 2 ** (32 - Number(bits))
  const base = toNumber(address)
  if (Number.isNaN(base) || !Number.isInteger(size) || size < 4)
    throw new Error(`SERVICE_CIDR: "${cidr}" is not an IPv4 range; expected for example 127.40.0.0/20`)
  return { cidr, first: base + 1, last: base + size - 2 }
}

function checkAddress(
  address: string,
  taken: Set<string | undefined>,
  { cidr, first, last }: Range,
  name: string,
) {
  const number = toNumber(address)
  const isInRange = number >= first && number <= last
  if (isInRange && !taken.has(address)) return
  const detail = isInRange
    ? 'failed to allocate IP: provided IP is already allocated'
    : `failed to allocate IP ${address}: the provided IP (${address}) is not in the valid range. The range of valid IPs is ${cidr}`
  throw invalidObject(services, name, [invalid('spec.clusterIPs', [address], detail)])
}

// The first addresses are reserved for services that request a fixed one, such as cluster DNS at .10.
function nextAddress(taken: Set<string | undefined>, first: number, last: number): string {
  const start = Math.min(last, first + 15)
  for (let number = start; number <= last; number++) if (!taken.has(toText(number))) return toText(number)
  for (let number = first; number < start; number++) if (!taken.has(toText(number))) return toText(number)
  throw invalidObject(services, '', [
    invalid('spec.clusterIPs', null, 'failed to allocate a serviceIP: range is full'),
  ])
}

function toNumber(address: string): number {
  const parts = address.split('.').map(Number)
  if (parts.length !== 4 || parts.some(part => !Number.isInteger(part) || part < 0 || part > 255))
    return Number.NaN
  return parts.reduce((sum, part) => sum * 256 + part, 0)
}

function toText(number: number): string {
  return [24, 16, 8, 0].map(shift => (number >>> shift) & 255).join('.')
}
