import { spawn } from 'node:child_process'
import { eventually } from '@goalixa/emulators-shared/testing/start-test-cluster'
import { expect, test } from 'vitest'
import { createTreeSampler, parsePsLine } from './sample-trees.ts'

test.each([process.platform, 'darwin' as const])(
  'on %s the memory of a shell includes its children',
  async platform => {
    const hog = 'const memory = Buffer.alloc(64 * 1024 * 1024, 1); setInterval(() => memory, 1000)'
    const shell = spawn('sh', ['-c', `"${process.execPath}" -e "${hog}"; true`], { detached: true })
    const pid = shell.pid ?? 0
    try {
      const sample = createTreeSampler(platform)
      const usage = await eventually(async () => {
        const tree = (await sample([pid])).get(pid)
        return tree && tree.memoryBytes > 64 * 1024 * 1024 && tree
      })
      expect(usage.memoryBytes).toBeLessThan(512 * 1024 * 1024)
    } finally {
      process.kill(-pid, 'SIGKILL')
    }
  },
)

test('omits a process that has exited', async () => {
  expect((await createTreeSampler()([2 ** 22 + 1])).size).toBe(0)
})

test('parses the times of ps with and without days and hours', () => {
  expect(parsePsLine('  7  1  2048 1-02:03:04')).toEqual({
    pid: 7,
    parent: 1,
    memoryBytes: 2_097_152,
    cpuSeconds: 93_784,
  })
  expect(parsePsLine('7 1 8 0:01.50').cpuSeconds).toBe(1.5)
})
