import { dirname } from 'node:path'
import { findAssets } from './find-assets.ts'

// For scripts: prints the folder of the programs; if some are missing, prints what to do and exits with code 1.
try {
  process.stdout.write(`${dirname(findAssets()['kube-apiserver'])}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
