/** Light, dark, or as the system has it: chosen in the header, kept by the browser. */
import { signal } from '@preact/signals'

export const themes = ['system', 'light', 'dark'] as const

export type Theme = (typeof themes)[number]

const KEY = 'dapr-chat-theme'

export const theme = signal<Theme>('system')

/** Counts the changes of what is seen; charts paint again when it grows. */
export const paletteVersion = signal(0)

/** Takes the kept theme, and follows the system from now on. */
export function startTheme(): void {
  setTheme(themes.find((each) => each === localStorage.getItem(KEY)) ?? 'system')
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => paletteVersion.value++)
}

export function setTheme(chosen: Theme): void {
  theme.value = chosen
  document.documentElement.dataset.theme = chosen
  if (chosen === 'system') localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, chosen)
  paletteVersion.value++
}
