import { cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, normalize, relative } from 'node:path'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { Container, Pod, Volume } from '@goalixa/emulators-shared/kubernetes/objects'
import type { ReadVolume } from './read-volume.ts'

type Options = { pod: Pod; podDir: string; read: ReadVolume }

/**
 * Writes a pod's volumes to its folder, or updates them: a changed file is replaced atomically, the file of a removed
 * key is deleted. Throws ExpectedError `MountVolume.SetUp failed for volume "x" : …`.
 */
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

/** Mounts the pod's volumes below the root folder of one container, and returns that folder (`SANDBOX_ROOT`). */
export async function mountVolumes(podDir: string, pod: Pod, container: Container): Promise<string> {
  const root = join(podDir, 'roots', container.name)
  await rm(root, { recursive: true, force: true })
  const messages = container.terminationMessagePath ?? '/dev/termination-log'
  await mkdir(join(root, dirname(normalize(`/${messages}`))), { recursive: true })
  for (const { name, mountPath, subPath = '' } of container.volumeMounts ?? []) {
    const place = join(root, normalize(`/${mountPath}`))
    const source = join(podDir, 'volumes', name, normalize(`/${subPath}`))
    await mkdir(dirname(place), { recursive: true })
    // As in a real cluster, a file mounted by subPath does not change after the container has started.
    if (subPath && !isEmptyDir(pod, name)) await cp(source, place, { recursive: true })
    else await symlink(source, place)
  }
  return root
}

function isEmptyDir({ spec }: Pod, name: string): boolean {
  return spec.volumes?.find(volume => volume.name === name)?.emptyDir !== undefined
}

async function writeVolume(volume: Volume, folder: string, read: ReadVolume) {
  const { files, mode } = await read(volume)
  await mkdir(folder, { recursive: true })
  if (volume.emptyDir) return
  const kept = new Set<string>()
  for (const [path, content] of files) {
    // A path in a ConfigMap is untrusted data: it must not lead out of the volume.
    const file = join(folder, normalize(`/${path}`))
    kept.add(relative(folder, file))
    const present = await readFile(file).catch(() => undefined)
    if (present?.equals(Buffer.from(content))) continue
    await mkdir(dirname(file), { recursive: true })
    await writeFile(`${file}.new`, content, { mode })
    await rename(`${file}.new`, file)
  }
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name)
    if (!entry.isDirectory() && !kept.has(relative(folder, file))) await rm(file, { force: true })
  }
}
