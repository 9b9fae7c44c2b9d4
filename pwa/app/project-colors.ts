/** The colours that a project can have; each is visible on a light and on a dark background. */
export const PROJECT_COLORS = [
  { color: '#3f8f79', label: 'Pine' },
  { color: '#4a7fc1', label: 'Lake' },
  { color: '#8a6fc4', label: 'Iris' },
  { color: '#c06a8f', label: 'Rose' },
  { color: '#cf6d52', label: 'Clay' },
  { color: '#c9953b', label: 'Amber' },
  { color: '#7d9447', label: 'Moss' },
  { color: '#6f7d8c', label: 'Slate' },
] as const
