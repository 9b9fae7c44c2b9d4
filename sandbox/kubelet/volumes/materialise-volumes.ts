import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { Container, Pod, Volume } from '../../kubernetes-client/objects.ts'
import type { ReadVolume } from './read-volume.ts'

type Options = { pod: Pod; podDir: string; read: ReadVolume }

/** Writes a pod's volumes to its folder. Throws ExpectedError `MountVolume.SetUp failed for volume "x" : …`. */
export async function materialiseVolumes({ pod, podDir, read }: Options): Promise<void> {
  for (const volume of pod.spec.volumes ?? []) {
    const folder = join(podDir, 'volumes', volume.name)
    try {
      await writeVolume(volume, folder, read)
    } catch (cause) {
      if (!(cause instanceof ExpectedError)) throw cause
      const message = `MountVolume.SetUp failed for volume "${volume.name}" : ${cause.message}`
      throw new ExpectedError(cause.kind, cause.code, message, { cause })
    }
  }
}

/** Shows the pod's volumes to one container below its own root folder, and returns that folder (`SANDBOX_ROOT`). */
export async function mountVolumes(podDir: string, container: Container): Promise<string> {
  const root = join(podDir, 'roots', container.name)
  await rm(root, { recursive: true, force: true })
  await mkdir(root, { recursive: true })
  for (const { name, mountPath, subPath = '' } of container.volumeMounts ?? []) {
    const place = join(root, normalize(`/${mountPath}`))
    await mkdir(dirname(place), { recursive: true })
    await symlink(join(podDir, 'volumes', name, normalize(`/${subPath}`)), place)
  }
  return root
}

async function writeVolume(volume: Volume, folder: string, read: ReadVolume) {
  const { files, mode } = await read(volume)
  await mkdir(folder, { recursive: true })
  for (const [path, content] of files) {
    // A path out of a ConfigMap is data: it must not lead out of the volume.
    const file = join(folder, normalize(`/${path}`))
    await mkdir(dirname(file), { recursive: true })
    await rm(file, { force: true })
    await writeFile(file, content, { mode })
  }
}
