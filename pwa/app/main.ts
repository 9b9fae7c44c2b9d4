import { defineApp } from './app-element.ts'
import { defineClock } from './views/clock-element.ts'

defineClock()
defineApp()
