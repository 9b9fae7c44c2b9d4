import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { defineConfig } from 'vitest/config'

const root = import.meta.dirname
const expectedNode = readFileSync(join(root, '.nvmrc'), 'utf8').trim()
const ownPrograms = join(root, 'node_modules/.bin')

if (process.versions.node.split('.')[0] !== expectedNode.split('.')[0]) {
  console.error(
    `Tests run on Node.js ${expectedNode}, this is ${process.versions.node}: use npm test, bin/check or bin/test, which take the repository's own.`,
  )
  process.exit(1)
}

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '.data/**'],
    env: {
      // The Node, kubectl and Helm that bin/setup chose, however the tests are started.
      PATH: `${ownPrograms}${delimiter}${process.env.PATH}`,
      // The processes that tests start load the same modules; the compiled code saves each about a third of its start.
      NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node'),
    },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
    // As in syntra/worker.ts: on a slow machine a worker loses a lease, and the checkpoint that LangGraph does not await is refused.
    onUnhandledError: error => (error as { code?: unknown }).code !== 'LEASE_LOST',
  },
})
