/** A sidecar to run, and, for authors of providers, the contract they fill. */
// What the console reads and how it writes figures, for `dapr-chat top`, which shows the same.
export {
  UNKNOWN_FIGURE,
  writtenCost,
  writtenCount,
  writtenDuration,
  writtenRate,
  writtenShare,
} from '@dapr-chat/protocol'
export type {
  CallFigures,
  CallList,
  CallSummary,
  ComponentList,
  ComponentView,
  ConsoleSession,
  Overview,
  OverviewWindow,
} from '@dapr-chat/protocol/console'
export { BUILT_PAGE } from './api/console/built-page.ts'
export type { CheckedFolders, CheckOptions, Finding } from './check.ts'
export { checkFolders } from './check.ts'
export { ComponentError } from './components/component-error.ts'
export { componentSchema } from './components/component-schema.ts'
export type { Path } from './components/document.ts'
export { DocumentError, YamlDocument } from './components/document.ts'
export type { FilledFile, FilledFolder, MissingVariable } from './components/filled-folder.ts'
export { fillFolder } from './components/filled-folder.ts'
export { shownDefault } from './components/shown-default.ts'
export { parseDuration } from './components/value.ts'
export { configurationSchema } from './configuration/configuration-schema.ts'
export type { SidecarAddresses } from './listen.ts'
export { readTelemetryPlan } from './observability/otlp/read-plan.ts'
export { resiliencySchema } from './policies/resiliency-schema.ts'
export { historySettings } from './providers/history-settings.ts'
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
export { cacheSettings } from './providers/upstream/cache-settings.ts'
export { traceSettings } from './providers/upstream/trace-settings.ts'
export type { AppConnection, LogLevel, SidecarSettings } from './settings.ts'
export { defaultSettings, isLoopback } from './settings.ts'
export type { Sidecar, SidecarComponent, SidecarOptions } from './sidecar.ts'
export { createSidecar } from './sidecar.ts'
export { DAPR_RUNTIME_VERSION, VERSION } from './version.ts'
