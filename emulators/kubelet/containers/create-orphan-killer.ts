import { spawn } from 'node:child_process'
import type { GroupLedger } from './create-group-ledger.ts'

/**
 * Kills the registered process groups as soon as the kubelet dies, even after `kill -9`: a shell that reads a pipe
 * whose other end only the kubelet holds. One shell of about a megabyte serves all containers.
 */
export function createOrphanKiller({ ledger }: { ledger: Pick<GroupLedger, 'note' | 'forget'> }) {
  const groups = new Set<number>()
  let isStopped = false
  let shell = start()

  function start() {
    const child = spawn('/bin/sh', ['-c', SCRIPT], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      env: {},
    })
    child.stdin.on('error', () => {})
    child.on('exit', () => {
      if (isStopped) return
      shell = start()
    })
    for (const group of groups) child.stdin.write(`+ ${group}\n`)
    return child
  }

  return {
    guard(group: number) {
      groups.add(group)
      shell.stdin.write(`+ ${group}\n`)
      ledger.note(group)
    },
    release(group: number) {
      groups.delete(group)
      shell.stdin.write(`- ${group}\n`)
      ledger.forget(group)
    },
    stop() {
      isStopped = true
      shell.stdin.end()
    },
  }
}
export type OrphanKiller = ReturnType<typeof createOrphanKiller>

const SCRIPT = `
trap '' TERM INT HUP
groups=' '
while read -r sign group; do
  case "$sign" in
    +) groups="$groups$group " ;;
    -) groups="\${groups%% $group *} \${groups#* $group }" ;;
  esac
done
for group in $groups; do kill -9 -"$group"; done
`
