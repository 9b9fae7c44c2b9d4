import { reloadIfFilesAreMissing } from './reload-if-files-are-missing.ts'
import { currentTheme, showTheme } from './theme.ts'

// Runs before the first paint, so that a chosen theme does not flash in the other one.
showTheme(currentTheme())
reloadIfFilesAreMissing()
