/** Light, dark, or as the system has it: chosen in the header, kept by the browser. */
import { signal } from '@preact/signals'

export const themes = ['system', 'light', 'dark'] as const

export type Theme = (typeof themes)[number]

const KEY = 'dapr-chat-theme'

export const theme = signal<Theme>('system')

/** Takes the kept theme. */
export function startTheme(): void {
  setTheme(themes.find((each) => each === localStorage.getItem(KEY)) ?? 'system')
}

export function setTheme(chosen: Theme): void {
  theme.value = chosen
  document.documentElement.dataset.theme = chosen
  if (chosen === 'system') localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, chosen)
}
