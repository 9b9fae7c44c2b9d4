import { readConfig } from '@goalixa/chassis/config'
import { type Browser, chromium } from 'playwright-core'
import { z } from 'zod'

const Settings = z.object({ CHROMIUM_PATH: z.string().default('/usr/bin/chromium') })

/** Starts Debian's Chromium in headless mode. */
export async function openChromium(): Promise<Browser> {
  const { CHROMIUM_PATH } = readConfig(Settings)
  return chromium.launch({
    executablePath: CHROMIUM_PATH,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
}
