/** What the console's page and the sidecar say to each other. Types only: nothing here is in a bundle. */
export type {
  CallList,
  ClockView,
  ComponentList,
  ComponentView,
  ConsoleEvent,
  ConsoleLogin,
  ConsoleSession,
  SettingView,
} from './api.ts'
export type {
  CallContent,
  CallDetail,
  CallError,
  CallPhase,
  CallState,
  CallSummary,
  CallSurface,
  CallTokens,
} from './call.ts'
export type {
  CallFigures,
  ErrorCount,
  Overview,
  OverviewGroup,
  OverviewPoint,
  OverviewWindow,
  Percentiles,
} from './overview.ts'
