import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const root = import.meta.dirname
const expectedNode = readFileSync(join(root, '.nvmrc'), 'utf8').trim()
const ownPrograms = join(root, 'node_modules/.bin')

if (process.versions.node.split('.')[0] !== expectedNode.split('.')[0]) {
  console.error(
    `Tests run on Node.js ${expectedNode}, this is ${process.versions.node}: use npm test, bin/check or bin/test, which take the repository's own.`,
  )
  process.exit(1)
}

// They start first, so that at the end no core waits for one of them. Otherwise a fresh clone starts the largest files first.
const LONGEST =
  /(crash-recovery|database-states|hostile-answers|hostile-requests|late-writes|rollback|accessibility|proposals|actions\/actions|old-data)[^/]*\.test\.ts$/

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification) => LONGEST.test(moduleId)
    return [...sorted.filter(isLong), ...sorted.filter(file => !isLong(file))]
  }
}

// With KUBEBUILDER_ASSETS, these also run on the real control plane in that folder: `npm run envtest:test` runs them alone.
const onRealControlPlane = [
  'emulators/kubernetes-api/{conformance,envtest}/**/*.test.ts',
  'tests/real-cluster/**/*.test.ts',
]
const projects = [
  { extends: true as const, test: { name: 'default', include: ['**/*.test.ts'] } },
  {
    extends: true as const,
    test: {
      name: 'envtest',
      include: onRealControlPlane,
      globalSetup: ['emulators/kubernetes-api/conformance/global-setup.ts'],
    },
  },
]

export default defineConfig({
  test: {
    // A project adds its files to those that are included here.
    ...(process.env.KUBEBUILDER_ASSETS ? { projects } : { include: ['**/*.test.ts'] }),
    exclude: ['**/node_modules/**', '**/dist/**', '.data/**'],
    env: {
      // The Node, kubectl and Helm that bin/setup chose, however the tests are started.
      PATH: `${ownPrograms}${delimiter}${process.env.PATH}`,
      // The processes that tests start load the same modules; the compiled code saves each about a third of its start.
      NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node'),
    },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A second, the default, is too short on a busy machine.
    expect: { poll: { timeout: 10_000 } },
    pool: 'forks',
    // More than the two cores of the smallest machine that runs everything: many files mostly wait, for leases and for other systems.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // As in syntra/worker.ts: on a slow machine a worker loses a lease, and the checkpoint that LangGraph does not await is refused.
    onUnhandledError: error => (error as { code?: unknown }).code !== 'LEASE_LOST',
  },
})
