import { reloadOnMissingAssets } from './reload-on-missing-assets.ts'
import { currentTheme, showTheme } from './theme.ts'

// Runs before the first paint, so that the page never flashes in the wrong theme.
showTheme(currentTheme())
reloadOnMissingAssets()
