import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Records process groups in a folder, so that the next kubelet can kill those that outlived both this kubelet and its
 * orphan killer. A group is killed only if its leader is still the same process, identified by pid and start time.
 */
export function createGroupLedger({ folder }: { folder: string }) {
  mkdirSync(folder, { recursive: true })
  return {
    note: (group: number) => writeFileSync(join(folder, String(group)), startOf(group)),
    forget: (group: number) => rmSync(join(folder, String(group)), { force: true }),
    /** Kills the process groups that an earlier kubelet left running; returns their number. */
    endLeftovers(): number {
      const left = readdirSync(folder)
        .map(Number)
        .filter(group => isSame(folder, group))
      for (const group of left) process.kill(-group, 'SIGKILL')
      rmSync(folder, { recursive: true, force: true })
      mkdirSync(folder, { recursive: true })
      return left.length
    },
  }
}
export type GroupLedger = ReturnType<typeof createGroupLedger>

function isSame(folder: string, group: number): boolean {
  const start = startOf(group)
  return start !== '' && start === readFileSync(join(folder, String(group)), 'utf8')
}

// Returns an empty string if there is no such process. Source: proc(5), field 22.
function startOf(pid: number): string {
  try {
    if (process.platform !== 'linux')
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
