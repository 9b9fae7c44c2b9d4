import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { createKubernetesClient } from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import { readKubeconfig } from '@goalixa/emulators-shared/kubernetes/read-kubeconfig'
import { describe, expect, it } from 'vitest'
import { readPinnedVersion } from './find-assets.ts'

const isInstalled = process.env.INSTALL_KUBECONFIG !== undefined

describe.runIf(isInstalled)('a real control plane', () => {
  it.each(['SIGINT', 'SIGKILL'] as const)('runs until %s and leaves no process behind', async signal => {
    const child = spawn(process.execPath, [`${import.meta.dirname}/main.ts`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
    const kubeconfig = line.replace('export KUBECONFIG=', '')
    const folder = dirname(dirname(kubeconfig))
    const client = createKubernetesClient(readKubeconfig(kubeconfig), { userAgent: 'tests' })
    const { gitVersion } = await client.request<{ gitVersion: string }>('GET', '/version')
    client.close()
    expect(gitVersion).toBe(readPinnedVersion())
    expect(await processesOf(folder)).toHaveLength(4)
    child.kill(signal)
    await once(child, 'exit')
    await expect.poll(() => processesOf(folder), { timeout: 30_000 }).toEqual([])
    // After kill -9 nobody is left to remove it.
    expect(existsSync(folder)).toBe(signal === 'SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
})

// Those that name the folder in their arguments; `setpriv` ends them with their parent, on Linux only.
async function processesOf(folder: string): Promise<string[]> {
  const ids = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
  const commands = await Promise.all(ids.map(id => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')))
  return commands.filter(command => command.includes(folder))
}
