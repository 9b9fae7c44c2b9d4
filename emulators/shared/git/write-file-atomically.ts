import { mkdir, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Replaces a file as a whole: a reader sees the old or the new text, never half of one, even after a crash. */
export async function writeFileAtomically(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const draft = `${path}.new`
  const file = await open(draft, 'w')
  try {
    await file.writeFile(text)
  } finally {
    await file.close()
  }
  await rename(draft, path)
}
