import { defineApp } from './app-element.ts'
import { allFilesAreThere } from './reload-if-files-are-missing.ts'
import { defineClock } from './views/clock-element.ts'

defineClock()
defineApp()
allFilesAreThere()
