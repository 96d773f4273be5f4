/** A sidecar to run, and, for authors of providers, the contract they fill. */
export { ComponentError } from './components/component-error.ts'
// For authors of providers.
export type {
  AnyProviderDefinition,
  Provider,
  ProviderContext,
  ProviderDefinition,
  Setting,
  SettingsDeclaration,
  SettingsOf,
} from './providers/provider.ts'
export { defineProvider } from './providers/provider.ts'
export { providers } from './providers/registry.ts'
export type { LogLevel, SidecarSettings } from './settings.ts'
export { defaultSettings, isLoopback } from './settings.ts'
export type { Sidecar, SidecarAddresses, SidecarComponent, SidecarOptions } from './sidecar.ts'
export { createSidecar } from './sidecar.ts'
export { VERSION } from './version.ts'
