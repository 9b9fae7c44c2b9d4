import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const RANGES = ['198.18.40.0/24', '198.19.40.0/24']

// In a network namespace of its own, so that the machine's routes stay as they are.
const PROGRAM = `
import { createServer } from 'node:net'
import { execFileSync } from 'node:child_process'
const { addLocalRoutes } = await import(${JSON.stringify(`${import.meta.dirname}/add-local-routes.ts`)})
const routes = () => execFileSync('ip', ['route', 'show', 'table', 'local'], { encoding: 'utf8' }).match(/198\\S+/g) ?? []
try {
  const remove = await addLocalRoutes(${JSON.stringify(RANGES)})
  const during = routes()
  const server = createServer()
  await new Promise(resolve => server.listen({ host: '198.18.40.7', port: 8080 }, resolve))
  server.close()
  await remove()
  console.log(JSON.stringify({ during, after: routes() }))
} catch (error) {
  console.log(error.message)
}
`

async function inNetwork(...prefix: string[]): Promise<string> {
  const node = [process.execPath, '--input-type=module-typescript', '--eval', PROGRAM]
  const script = 'ip link set lo up && exec "$@"'
  const { stdout } = await promisify(execFile)('unshare', [
    '--net',
    'sh',
    '-c',
    script,
    'sh',
    ...prefix,
    ...node,
  ])
  return stdout.trim()
}

describe.runIf(process.platform === 'linux' && process.getuid?.() === 0)('local routes', () => {
  test('let this machine listen on their addresses until they are removed', async () => {
    expect(JSON.parse(await inNetwork())).toEqual({ during: RANGES, after: [] })
  })

  test('are refused without the right to add them, with the commands that need it', async () => {
    const message = await inNetwork('setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin')
    expect(message).toContain('Operation not permitted')
    expect(message).toContain(
      `ip route add local ${RANGES[0]} dev lo && ip route add local ${RANGES[1]} dev lo`,
    )
    expect(message).toContain('sudo unshare --net')
  })
})
