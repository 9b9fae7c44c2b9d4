import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { hostEnvironment } from './config.ts'

type Options = { url: string; folder: string }
type Change = {
  message: string
  author: { name: string; email: string }
  /** Path → a function from the old text ('' for a new file) to the new one; null deletes the file. */
  files: Record<string, (text: string) => string | null>
}

/**
 * Opens a clone of the deployment repository, as a developer would: `commit` pulls, edits, commits and pushes to main.
 */
export async function openDeployRepository({ url, folder }: Options) {
  await mkdir(dirname(folder), { recursive: true })
  const git = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)('git', args, {
      cwd: folder,
      env: gitEnvironment(),
    })
    return stdout.trim()
  }
  await promisify(execFile)('git', ['clone', '--quiet', url, folder], {
    env: gitEnvironment(),
  })

  return {
    head: () => git('rev-parse', 'HEAD'),
    read: (path: string) => readFile(join(folder, path), 'utf8'),
    /** Resolves with the SHA of the new commit. */
    async commit({ message, author, files }: Change): Promise<string> {
      await git('pull', '--quiet', '--ff-only', 'origin', 'main').catch(ifEmptyRepository)
      for (const [path, edit] of Object.entries(files)) {
        const file = join(folder, path)
        const text = edit(await readFile(file, 'utf8').catch(() => ''))
        if (text === null) await rm(file)
        else {
          await mkdir(dirname(file), { recursive: true })
          await writeFile(file, text)
        }
      }
      await git('add', '--all')
      await git(
        '-c',
        `user.name=${author.name}`,
        '-c',
        `user.email=${author.email}`,
        'commit',
        '--quiet',
        '--message',
        message,
      )
      await git('push', '--quiet', 'origin', 'HEAD:main')
      return git('rev-parse', 'HEAD')
    },
  }
}

// The user's Git configuration (signing, hooks, templates) must not affect the sandbox.
function gitEnvironment() {
  return {
    ...hostEnvironment(),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
  }
}

function ifEmptyRepository(error: Error): void {
  if (!/couldn't find remote ref/i.test(error.message)) throw error
}
