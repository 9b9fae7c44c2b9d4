import { createLog } from '@goalixa/chassis/log'
import { readGitopsConfig } from './config.ts'
import { createGitops } from './create-gitops.ts'

const config = readGitopsConfig()
const gitops = await createGitops({
  host: config.HOST,
  port: config.PORT,
  kubeconfig: config.KUBECONFIG,
  token: config.ARGOCD_TOKEN,
  dataDir: config.DATA_DIR,
  timeScale: config.TIME_SCALE,
  log: createLog({ service: 'gitops', level: config.LOG_LEVEL }),
})
await gitops.start()
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    setTimeout(() => process.exit(1), 10_000).unref()
    void gitops.stop().then(() => process.exit(0))
  })
