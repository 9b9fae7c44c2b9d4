import { currentTheme, showTheme } from './theme.ts'

// Runs before the first paint, so that a chosen theme does not flash in the other one.
showTheme(currentTheme())
