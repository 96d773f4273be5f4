/** What the sidecar and the thread of its usage store say to each other. */
import type { CallDetail, CallList, Overview, OverviewWindow } from '@dapr-chat/protocol/console'
import type { CallQuery } from './usage-database.ts'

/** What can be asked for, and what comes back. */
export interface UsageAnswers {
  readonly add: undefined
  readonly list: CallList
  readonly find: CallDetail | undefined
  readonly overview: Omit<Overview, 'open'>
  readonly close: undefined
}

/** One thing that is asked for. */
export type UsageAsk =
  | { readonly kind: 'add'; readonly calls: readonly CallDetail[] }
  | { readonly kind: 'list'; readonly query: CallQuery }
  | { readonly kind: 'find'; readonly id: string }
  | { readonly kind: 'overview'; readonly window: OverviewWindow; readonly now: number }
  | { readonly kind: 'close' }

/** A message to the thread. */
export interface UsageQuestion {
  readonly id: number
  readonly ask: UsageAsk
}

/** A message from the thread. */
export interface UsageAnswer {
  readonly id: number
  readonly value?: unknown
  /** Why it could not be done. */
  readonly failure?: string
}
