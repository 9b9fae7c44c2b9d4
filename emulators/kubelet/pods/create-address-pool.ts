/**
 * Allocates the addresses of an IPv4 range, one for each pod, least recently used first. Throws an Error if all are in
 * use. The network's own address and the first one after it are never allocated.
 */
export function createAddressPool(cidr: string) {
  const [base = '', bits = ''] = cidr.split('/')
  const first = toNumber(base) + 2
  const size = 2 ** (32 - Number(bits)) - 3
  const taken = new Set<number>()
  let next = 0
  return {
    take(): string {
      for (let tries = 0; tries < size; tries++) {
        const candidate = next
        next = (next + 1) % size
        if (taken.has(candidate)) continue
        taken.add(candidate)
        return toAddress(first + candidate)
      }
      throw new Error(`POD_CIDR ${cidr} has no free addresses`)
    },
    giveBack(address: string) {
      taken.delete(toNumber(address) - first)
    },
  }
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

function toAddress(value: number): string {
  return [24, 16, 8, 0].map(shift => Math.floor(value / 2 ** shift) % 256).join('.')
}
