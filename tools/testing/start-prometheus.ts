import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '@goalixa/chassis/find-free-port'
import { until } from './until.ts'

type Options = { target: string; rules: string; namespace?: string }

/** A real Prometheus for tests on a free port, with these rules, which scrapes one address of a namespace every second. */
export async function startPrometheus({ target, rules, namespace = 'shop' }: Options) {
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'))
  await writeFile(join(folder, 'rules.yml'), rules)
  await writeFile(
    join(folder, 'prometheus.yml'),
    JSON.stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: ['rules.yml'],
      scrape_configs: [
        { job_name: 'app', static_configs: [{ targets: [target], labels: { namespace } }] },
        { job_name: 'gone', static_configs: [{ targets: ['127.0.0.1:1'] }] },
      ],
    }),
  )
  const port = await findFreePort()
  const url = `http://127.0.0.1:${port}`
  const child = spawn(
    'prometheus',
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  )
  const ended = new Promise<void>((resolve, reject) => {
    child.once('exit', () => resolve())
    child.once('error', reject)
  })
  ended.catch(() => undefined)
  await until(async () => (await fetch(`${url}/-/ready`)).ok)
  return {
    url,
    async stop() {
      child.kill()
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}
