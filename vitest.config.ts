import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '.data/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Browsers, clusters and crashes on two noisy cores: a test that fails once is tried once more, and the report says so.
    retry: 1,
    maxWorkers: 2,
  },
})
