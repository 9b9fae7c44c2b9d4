import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnProcess } from '@goalixa/emulators-shared/process/spawn-process'
import { findAssets } from './find-assets.ts'
import { startRealControlPlane } from './start-real-control-plane.ts'

/**
 * Starts a real control plane in a temporary folder, which `stop` removes. Throws with what to do if its programs are
 * missing.
 */
export async function startTemporaryControlPlane({ signal }: { signal?: AbortSignal } = {}) {
  const assets = findAssets()
  const folder = await mkdtemp(join(tmpdir(), 'envtest-'))
  const logs = join(folder, 'logs')
  await mkdir(logs)
  const processes: ReturnType<typeof spawnProcess>[] = []
  // A library may end the process on a signal before `stop` is through.
  const removeNow = () => {
    for (const child of processes) child.kill()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  process.once('exit', removeNow)
  const stop = async () => {
    for (const child of processes.toReversed()) await child.stop(3_000)
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    process.off('exit', removeNow)
  }
  try {
    const { url, kubeconfig } = await startRealControlPlane({
      assets,
      folder,
      signal,
      run(name, command, args) {
        const env = { HOME: homedir(), PATH: '/usr/bin:/bin' }
        const child = spawnProcess({ name, command, args, env, logFile: join(logs, `${name}.log`) })
        processes.push(child)
        return child
      },
    })
    return { url, kubeconfig, pids: processes.map(({ pid }) => pid), stop }
  } catch (error) {
    await stop()
    throw error
  }
}
