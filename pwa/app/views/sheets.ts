import { nothing } from 'lit-html'
import type { SignedInApp } from '../create-app.ts'
import { projectSheet } from './project-sheet.ts'
import { quickAddSheet } from './quick-add-sheet.ts'
import { shortcutsSheet } from './shortcuts-sheet.ts'
import { signOutSheet } from './sign-out-sheet.ts'
import { taskSheet } from './task-sheet.ts'

/** Renders the open sheet, if there is one. */
export function openSheet(app: SignedInApp) {
  const open = app.ui.sheet()
  switch (open?.kind) {
    case 'task':
      return taskSheet(app, open.id)
    case 'project':
      return projectSheet(app, open.id)
    case 'quick-add':
      return quickAddSheet(app)
    case 'shortcuts':
      return shortcutsSheet(app)
    case 'sign-out':
      return signOutSheet(app)
    default:
      return nothing
  }
}
