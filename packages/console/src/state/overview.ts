/** The figures of the first page and of the navigation, read again every few seconds and soon after a call has ended. */
import type { CallSummary, OverviewWindow } from '@dapr-chat/protocol/console'
import { signal } from '@preact/signals'
import { readCalls, readComponents, readOverview } from '../api/console.ts'
import { mergeCalls } from './call-list.ts'
import { listen } from './live.ts'
import { keepReading, resource } from './resource.ts'

export const windows: readonly OverviewWindow[] = ['5m', '1h', '24h']

/** The window that is looked at. */
export const overviewWindow = signal<OverviewWindow>('5m')

export const overview = resource(() => readOverview(overviewWindow.value))

export const components = resource(readComponents)

/** The latest calls; undefined until they were read. */
export const latest = signal<readonly CallSummary[] | undefined>()

/** How many of them are shown. */
const LATEST = 6

/** How often figures are read, and how soon after a call has ended, in milliseconds. */
const EVERY_MS = 5_000
const SOON_MS = 300

/** Keeps the figures new. The result ends it. */
export function watchOverview(): () => void {
  let soon: ReturnType<typeof setTimeout> | undefined
  const readLatest = () =>
    readCalls(new URLSearchParams({ limit: String(LATEST) })).then(
      ({ calls }) => {
        latest.value = mergeCalls(latest.value ?? [], calls, LATEST)
      },
      () => {
        // Whatever is wrong, the figures say so.
      },
    )
  const ends = [
    keepReading(overview, EVERY_MS),
    keepReading(components, EVERY_MS),
    listen({
      changed(calls) {
        latest.value = mergeCalls(latest.value ?? [], calls, LATEST)
        soon ??= setTimeout(() => {
          soon = undefined
          void overview.read()
        }, SOON_MS)
      },
      missed: () => void readLatest(),
    }),
  ]
  void readLatest()
  return () => {
    clearTimeout(soon)
    for (const end of ends) end()
  }
}

/** Looks at another window. */
export function chooseWindow(window: OverviewWindow): void {
  overviewWindow.value = window
  void overview.read()
}
