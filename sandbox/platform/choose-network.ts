import { createServer } from 'node:net'

/** The port on which the owner of a block listens, at the block's last address. It serves nothing. */
const CLAIM_PORT = 40_127

type Options = {
  firstBlock?: number
  /** Whether a real Kubernetes stores the addresses: it refuses loopback addresses in EndpointSlices. */
  isReal?: boolean
  /** The range of Services, if the cluster has one already. */
  serviceCidr?: string
}

/**
 * Chooses a block 127.N.0.0/16 of loopback addresses that no other sandbox on this machine uses: Services, pods, the
 * node and the edge get their addresses from it, so two platforms can run at once. On a real Kubernetes, Services, pods
 * and the database get theirs from 198.18.0.0/15 (RFC 2544, never routed), which this machine has to take for its own:
 * `routes`. `release` frees the block, as does the kernel when this process exits for any reason.
 */
export async function chooseNetwork({ firstBlock = 40, isReal = false, serviceCidr }: Options = {}) {
  for (let block = firstBlock; block < 250; block++) {
    const release = await claim(`127.${block}.255.254`)
    if (!release) continue
    const node = { nodeIp: `127.${block}.32.1`, edgeIp: `127.${block}.32.2`, release }
    if (!isReal)
      return {
        serviceCidr: `127.${block}.0.0/20`,
        podCidr: `127.${block}.16.0/20`,
        databaseIp: '127.0.0.1',
        routes: [],
        ...node,
      }
    const services = serviceCidr ?? `198.19.${block}.0/24`
    return {
      serviceCidr: services,
      podCidr: `198.18.${block}.0/25`,
      databaseIp: `198.18.${block}.254`,
      routes: [`198.18.${block}.0/24`, services],
      ...node,
    }
  }
  throw new Error(
    'No block of loopback addresses is free: every 127.N.255.254 is in use by a sandbox. Stop one of them.',
  )
}
export type Network = Awaited<ReturnType<typeof chooseNetwork>>

function claim(host: string): Promise<(() => Promise<void>) | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer(socket => socket.destroy())
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined)
      else reject(new Error(`${noAddress(host)} (${error.message})`))
    })
    server.listen({ host, port: CLAIM_PORT, exclusive: true }, () => {
      server.unref()
      resolve(() => new Promise(done => server.close(() => done())))
    })
  })
}

function noAddress(address: string): string {
  return `The loopback address ${address} does not exist on this system. Linux has all of 127.0.0.0/8; on macOS add the addresses with \`sudo ifconfig lo0 alias <address>\`, or run the sandbox in a Linux virtual machine.`
}
