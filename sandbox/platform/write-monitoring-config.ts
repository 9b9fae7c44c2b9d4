import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { scaleWindows } from './scale-windows.ts'

type Options = {
  /** The folder k8s/monitoring of this repository. */
  source: string
  target: string
  timeScale: number
  /** The URL of the HTTP service discovery, with a path for each role. */
  discoveryUrl: string
  /** The actual address of each target in prometheus.yaml, for example `alertmanager:9093` → `127.0.0.1:40093`. */
  addresses: Record<string, string>
  webhook: { url: string; token: string }
}

const PrometheusFile = z.looseObject({
  alerting: z.object({
    alertmanagers: z.array(z.object({ static_configs: z.array(z.object({ targets: z.array(z.string()) })) })),
  }),
  scrape_configs: z.array(
    z.looseObject({
      kubernetes_sd_configs: z.array(z.looseObject({ role: z.string() })).optional(),
      static_configs: z.array(z.object({ targets: z.array(z.string()) })).optional(),
    }),
  ),
})
const AlertmanagerFile = z.looseObject({
  receivers: z.array(
    z.looseObject({
      name: z.string(),
      webhook_configs: z.array(z.looseObject({ url: z.string() })).optional(),
    }),
  ),
})

/**
 * Writes the configuration of Prometheus and Alertmanager for this sandbox from k8s/monitoring, with other addresses
 * and shorter windows.
 */
export async function writeMonitoringConfig({
  source,
  target,
  timeScale,
  discoveryUrl,
  addresses,
  webhook,
}: Options): Promise<void> {
  await mkdir(join(target, 'rules'), { recursive: true })
  const read = async (name: string) => parse(await readFile(join(source, name), 'utf8')) as unknown
  const write = (name: string, content: unknown) =>
    writeFile(join(target, name), stringify(scaleWindows(content, timeScale)))

  const prometheus = PrometheusFile.parse(await read('prometheus.yaml'))
  const located = (configs: { targets: string[] }[]) =>
    configs.map(config => ({ ...config, targets: config.targets.map(name => addressOf(name, addresses)) }))
  await write('prometheus.yaml', {
    ...prometheus,
    alerting: {
      alertmanagers: prometheus.alerting.alertmanagers.map(alertmanager => ({
        static_configs: located(alertmanager.static_configs),
      })),
    },
    scrape_configs: prometheus.scrape_configs.map(job => ({
      ...job,
      ...(job.static_configs ? { static_configs: located(job.static_configs) } : {}),
      kubernetes_sd_configs: undefined,
      ...(job.kubernetes_sd_configs
        ? {
            http_sd_configs: job.kubernetes_sd_configs.map(({ role }) => ({
              url: `${discoveryUrl}/${role}`,
              refresh_interval: '30s',
            })),
          }
        : {}),
    })),
  })
  for (const name of await readdir(join(source, 'rules')))
    await write(join('rules', name), await read(join('rules', name)))

  const alertmanager = AlertmanagerFile.parse(await read('alertmanager.yaml'))
  await write('alertmanager.yaml', {
    ...alertmanager,
    receivers: alertmanager.receivers.map(receiver =>
      receiver.webhook_configs
        ? {
            ...receiver,
            webhook_configs: receiver.webhook_configs.map(hook => ({
              ...hook,
              url: webhook.url,
              http_config: { authorization: { credentials: webhook.token } },
            })),
          }
        : receiver,
    ),
  })
}

function addressOf(name: string, addresses: Record<string, string>): string {
  const address = addresses[name]
  if (!address)
    throw new Error(
      `prometheus.yaml: the target ${name} has no address in this sandbox; expected an entry in start-monitoring.ts.`,
    )
  return address
}
