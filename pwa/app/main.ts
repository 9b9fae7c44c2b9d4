import { defineApp } from './app-element.ts'
import { resetReloadCount } from './reload-on-missing-assets.ts'
import { defineClock } from './views/clock-element.ts'

defineClock()
defineApp()
resetReloadCount()
