/** A sidecar to run, and, for authors of providers, the contract they fill. */
export { ComponentError } from './components/component-error.ts'
// For authors of providers.
export type {
  Provider,
  ProviderContext,
  ProviderDefinition,
  Setting,
  SettingsDeclaration,
  SettingsOf,
} from './providers/provider.ts'
export { defineProvider } from './providers/provider.ts'
export type { LogLevel, SidecarSettings } from './settings.ts'
export { defaultSettings, isLoopback } from './settings.ts'
export type { Sidecar, SidecarAddresses, SidecarComponent } from './sidecar.ts'
export { createSidecar } from './sidecar.ts'
export { VERSION } from './version.ts'
