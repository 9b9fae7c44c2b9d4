import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'

/**
 * A block 127.N.0.0/16 of loopback addresses that no other sandbox on this machine uses: Services, pods, the node and
 * the edge get addresses from it, so two platforms can run at once. `release` gives it back.
 */
export async function chooseNetwork({
  folder = join(tmpdir(), 'goalixa-networks'),
}: {
  folder?: string
} = {}) {
  await mkdir(folder, { recursive: true })
  for (let block = 40; block < 250; block++) {
    const claim = join(folder, String(block))
    if (!(await claimBlock(claim))) continue
    await assertBindable(`127.${block}.32.1`)
    return {
      serviceCidr: `127.${block}.0.0/20`,
      podCidr: `127.${block}.16.0/20`,
      nodeIp: `127.${block}.32.1`,
      edgeIp: `127.${block}.32.2`,
      release: () => rm(claim, { force: true }),
    }
  }
  throw new Error(`No free block of loopback addresses. If no sandbox runs, remove ${folder}.`)
}
export type Network = Awaited<ReturnType<typeof chooseNetwork>>

// An exclusive file that holds the owner's process id; the claim of a dead process is taken over.
async function claimBlock(claim: string): Promise<boolean> {
  try {
    await writeFile(claim, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    const owner = Number(await readFile(claim, 'utf8').catch(() => '0'))
    if (owner > 0 && isAlive(owner)) return false
    await rm(claim, { force: true })
    return writeFile(claim, String(process.pid), { flag: 'wx' }).then(
      () => true,
      () => false,
    )
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function assertBindable(address: string): Promise<void> {
  const port = await freePort(address).catch(() => undefined)
  if (port !== undefined) return
  throw new Error(
    `This system has no loopback address ${address}. Linux has all of 127.0.0.0/8; on macOS add the addresses with \`sudo ifconfig lo0 alias <address>\`, or run the sandbox in a Linux virtual machine.`,
  )
}
