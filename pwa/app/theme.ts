import { storageOrMemory } from './browser-storage.ts'

export type Theme = 'system' | 'light' | 'dark'

const KEY = 'goalixa.theme'

/** Returns the theme that was chosen on this device. */
export function currentTheme(): Theme {
  const saved = storageOrMemory.getItem(KEY)
  return saved === 'light' || saved === 'dark' ? saved : 'system'
}

/** Shows the page in a theme and stores the choice on this device. */
export function useTheme(theme: Theme): void {
  if (theme === 'system') storageOrMemory.removeItem(KEY)
  else storageOrMemory.setItem(KEY, theme)
  showTheme(theme)
}

/** Shows the page in a theme. */
export function showTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}
