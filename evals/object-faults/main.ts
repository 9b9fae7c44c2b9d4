import { Command } from 'commander'
import limitParallel from 'p-limit'
import pc from 'picocolors'
import { createTestBed } from './create-test-bed.ts'
import { clusterFaults } from './families/cluster.ts'
import { containerFaults } from './families/containers.ts'
import { decoys } from './families/decoys.ts'
import { startFaults } from './families/starts.ts'
import { type Judgement, judgeFault } from './judge-fault.ts'
import type { ObjectFault, PodObject } from './object-fault.ts'

// Faults that objects alone show, on a real control plane: made as kubectl and a kubelet make them, and judged by their verdict.
const FAULTS = [...containerFaults, ...startFaults, ...clusterFaults, ...decoys]
/** How many verdicts have to be right, as a share; none may be wrong. */
const MIN_RIGHT = 0.9
/** They mostly wait. */
const PARALLEL = 8

const { short, only } = new Command('npm run envtest:faults')
  .description(
    'Brings about faults on a real control plane (npm run envtest:build) and compares the verdicts of Syntra with the truth.',
  )
  .option('--short', 'one fault of each family')
  .option('--only <text>', 'the faults whose name contains this')
  .parse()
  .opts<{ short?: boolean; only?: string }>()

const ending = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => ending.abort(new Error('Interrupted.')))

const chosen = FAULTS.filter(fault => isChosen(fault)).map((fault, index) => ({
  fault,
  name: `fault-${index + 1}`,
}))
if (chosen.length === 0) throw new Error(`No fault has "${only}" in its name.`)
const byNamespace = new Map(chosen.map(({ fault, name }) => [name, fault]))
try {
  const bed = await createTestBed(
    (pod: PodObject) => byNamespace.get(pod.metadata.namespace)?.symptomOf?.(pod),
    ending.signal,
  )
  try {
    const limit = limitParallel(PARALLEL)
    const judgements = await Promise.all(
      chosen.map(({ fault, name }) =>
        limit(async () => {
          const judgement = await judgeFault(bed, fault, name, ending.signal)
          print(judgement)
          return judgement
        }),
      ),
    )
    process.exitCode = summarise(judgements)
  } finally {
    await bed.stop()
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
process.exit()

function isChosen(fault: ObjectFault): boolean {
  if (only !== undefined) return fault.name.includes(only)
  return !short || FAULTS.find(({ family }) => family === fault.family) === fault
}

function print({ fault, result, said }: Judgement) {
  const colours = { right: pc.green, none: pc.yellow, wrong: pc.red }
  process.stdout.write(`${colours[result](result.padEnd(6))} ${fault.name}: ${said.slice(0, 200)}\n`)
}

function summarise(judgements: Judgement[]): number {
  const count = (result: Judgement['result']) =>
    judgements.filter(judgement => judgement.result === result).length
  const right = count('right')
  const needed = Math.floor(judgements.length * MIN_RIGHT)
  process.stdout.write(
    `${judgements.length} faults: ${right} right (at least ${needed}), ${count('none')} without a cause, ${count('wrong')} wrong (at most 0)\n`,
  )
  return right >= needed && count('wrong') === 0 ? 0 : 1
}
