import { afterEach, expect, test } from 'vitest'
import { chooseNetwork, type Network } from './choose-network.ts'

// Outside the blocks that a running sandbox would use.
const FIRST = { firstBlock: 230 }
const claimed: Network[] = []
afterEach(() => Promise.all(claimed.splice(0).map(({ release }) => release())))

async function choose(): Promise<Network> {
  const network = await chooseNetwork(FIRST)
  claimed.push(network)
  return network
}

test('concurrent claims receive different blocks, and a released block can be claimed again', async () => {
  const [one, two] = await Promise.all([choose(), choose()])
  expect(one.nodeIp).not.toBe(two.nodeIp)
  await one.release()
  expect((await choose()).nodeIp).toBe(one.nodeIp)
})

test('a real Kubernetes gets addresses that it accepts in EndpointSlices, and keeps its range of Services', async () => {
  const isLoopback = (address: string) => address.startsWith('127.')
  const own = await chooseNetwork({ ...FIRST, isReal: true })
  const existing = await chooseNetwork({ ...FIRST, isReal: true, serviceCidr: '10.96.0.0/16' })
  claimed.push(own, existing)
  const stored = [own, existing].flatMap(({ podCidr, serviceCidr, databaseIp }) => [
    podCidr,
    serviceCidr,
    databaseIp,
  ])
  expect(stored.filter(isLoopback)).toEqual([])
  expect(new Set(stored).size).toBe(6)
  expect(existing.serviceCidr).toBe('10.96.0.0/16')
  expect(existing.routes).toContain('10.96.0.0/16')
})
