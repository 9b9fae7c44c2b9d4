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
