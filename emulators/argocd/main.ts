import { createLog } from '@goalixa/chassis/log'
import { readArgocdConfig } from './config.ts'
import { createArgocd } from './create-argocd.ts'

const config = readArgocdConfig()
const argocd = await createArgocd({
  host: config.HOST,
  port: config.PORT,
  kubeconfig: config.KUBECONFIG,
  token: config.ARGOCD_TOKEN,
  dataDir: config.DATA_DIR,
  timeScale: config.TIME_SCALE,
  log: createLog({ service: 'argocd', level: config.LOG_LEVEL }),
})
await argocd.start()
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    setTimeout(() => process.exit(1), 10_000).unref()
    void argocd.stop().then(() => process.exit(0))
  })
