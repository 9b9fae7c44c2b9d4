import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { buildApp } from './build-app.ts'

// Rebuilds the app from scratch: node_modules/.bin/node pwa/build.ts
await rm(join(import.meta.dirname, 'dist'), { recursive: true, force: true })
const { folder } = await buildApp()
process.stdout.write(`${folder}\n`)
