import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'

export type TreeUsage = { cpuSeconds: number; memoryBytes: number }
/** The CPU and resident memory of processes including all their descendants; processes that have exited are omitted. */
export type SampleTrees = (pids: number[]) => Promise<Map<number, TreeUsage>>

/** Creates the sampler for this system: /proc on a Linux kernel that lists children there, otherwise `ps`. */
export function createTreeSampler(platform: NodeJS.Platform = process.platform): SampleTrees {
  const hasProc = platform === 'linux' && existsSync(`/proc/${process.pid}/task/${process.pid}/children`)
  return hasProc ? createProcSampler() : sampleWithPs
}

// Source: proc(5). Fields are counted from after the command, which may itself contain spaces and brackets.
function createProcSampler(): SampleTrees {
  const [ticksPerSecond, pageBytes] = ['CLK_TCK', 'PAGESIZE'].map(name =>
    Number(execFileSync('getconf', [name])),
  )

  function readTree(pid: number): TreeUsage | undefined {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean)
      const own = {
        cpuSeconds: ticks / (ticksPerSecond ?? 100),
        memoryBytes: Number(fields[21]) * (pageBytes ?? 4_096),
      }
      return children.map(child => readTree(Number(child))).reduce(addUsage, own)
    } catch {
      return undefined
    }
  }

  return async pids => new Map(pids.flatMap(pid => entryOf(pid, readTree(pid))))
}

async function sampleWithPs(pids: number[]): Promise<Map<number, TreeUsage>> {
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=,ppid=,rss=,time='])
  const rows = stdout.trim().split('\n').map(parsePsLine)
  const childrenOf = Map.groupBy(rows, row => row.parent)
  const byPid = new Map(rows.map(row => [row.pid, row]))
  const treeOf = (pid: number): TreeUsage | undefined =>
    (childrenOf.get(pid) ?? []).map(({ pid: child }) => treeOf(child)).reduce(addUsage, byPid.get(pid))
  return new Map(pids.flatMap(pid => entryOf(pid, treeOf(pid))))
}

/** Parses one line of `ps -o pid=,ppid=,rss=,time=`; time is [[dd-]hh:]mm:ss[.cc]. */
export function parsePsLine(line: string) {
  const [pid, parent, rss, time = '0'] = line.trim().split(/\s+/)
  const [clock = '0', days = '0'] = time.split('-').toReversed()
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  return {
    pid: Number(pid),
    parent: Number(parent),
    memoryBytes: Number(rss) * 1_024,
    cpuSeconds: Number(days) * 86_400 + seconds,
  }
}

function addUsage(a: TreeUsage | undefined, b: TreeUsage | undefined): TreeUsage | undefined {
  if (!a || !b) return a ?? b
  return { cpuSeconds: a.cpuSeconds + b.cpuSeconds, memoryBytes: a.memoryBytes + b.memoryBytes }
}

function entryOf(pid: number, usage: TreeUsage | undefined): [number, TreeUsage][] {
  return usage ? [[pid, usage]] : []
}
