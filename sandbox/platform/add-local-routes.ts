import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { hostEnvironment } from './config.ts'

const run = promisify(execFile)

/**
 * Makes this machine take address ranges for its own, as 127.0.0.0/8 is, so that pods and Services can have addresses in
 * them. Returns a function that undoes it. Throws with the commands to run if that is not allowed.
 */
export async function addLocalRoutes(ranges: readonly string[]): Promise<() => Promise<void>> {
  const added: string[] = []
  const remove = async () => {
    for (const range of added.splice(0)) await ip('route', 'del', 'local', range, 'dev', 'lo').catch(() => {})
  }
  for (const range of ranges) {
    if (await isLocal(range)) continue
    try {
      await ip('route', 'add', 'local', range, 'dev', 'lo')
      added.push(range)
    } catch (error) {
      await remove()
      throw new Error(explain(ranges, error as Error))
    }
  }
  return remove
}

async function isLocal(range: string): Promise<boolean> {
  const [address = ''] = range.split('/')
  const { stdout } = await ip('route', 'get', address.replace(/\d+$/, '1')).catch(() => ({ stdout: '' }))
  return stdout.startsWith('local ')
}

// Debian keeps it in a folder that is not on everybody's path.
function ip(...args: string[]) {
  return run('ip', args, { env: { PATH: `${hostEnvironment().PATH}:/usr/sbin:/sbin` } })
}

function explain(ranges: readonly string[], error: Error & { code?: unknown; stderr?: string }): string {
  const reason = error.code === 'ENOENT' ? 'there is no program ip' : (error.stderr ?? error.message).trim()
  const commands = ranges.map(range => `ip route add local ${range} dev lo`).join(' && ')
  return [
    `The addresses ${ranges.join(' and ')} cannot be added to this machine (${reason}); a real Kubernetes refuses the loopback addresses that pods have otherwise. Expected Linux, iproute2 and the right to change routes. Do one of these:`,
    `  run it as root in a network of its own:  sudo unshare --net sh -c 'ip link set lo up && bin/demo --cluster envtest'`,
    `  add them once, until the next reboot:    sudo sh -c '${commands}'`,
  ].join('\n')
}
