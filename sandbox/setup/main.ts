import { join, resolve } from 'node:path'
import { hostEnvironment } from '../platform/config.ts'
import { fetchKubernetesClients } from './fetch-kubernetes-clients.ts'
import { provideKubernetesClients } from './provide-kubernetes-clients.ts'

// The second half of bin/setup, after npm's packages are installed.
const modules = resolve(import.meta.dirname, '../../node_modules')
const prefix = '\x1b[2m[setup]\x1b[0m'

try {
  await provideKubernetesClients({
    clients: process.argv.includes('--with-test-tools') ? ['kubectl', 'helm'] : ['kubectl'],
    binFolder: join(modules, '.bin'),
    path: hostEnvironment().PATH ?? '',
    platform: `${process.platform}/${process.arch}`,
    fetchClients: () => fetchKubernetesClients(join(modules, '.cache')),
    say: line => process.stdout.write(`${prefix} ${line}\n`),
  })
} catch (error) {
  process.stderr.write(`${prefix} ${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
