/** The rows of the table that compares the providers. */
import { vendors } from '../provider/vendors.ts'
import { memoryPerStream } from './budgets.ts'
import type { Results } from './results.ts'
import { shown, type Table } from './table.ts'

const OPEN = 500

/** What a chunk and an open stream cost with each provider. */
export function providerTable({ targets }: Results): Table {
  const head = ['provider', 'through', 'µs per chunk, bursts', 'µs per chunk, singly', `KB per stream, ${OPEN} open`]
  const body = targets.map(({ name, figures }) => {
    const bytes = memoryPerStream(figures, OPEN)
    return [
      name,
      vendors.find((vendor) => vendor.name === name)?.path ?? '',
      shown(figures.burstChunkMicros, 1),
      shown(figures.singleChunkMicros, 1),
      shown(bytes === undefined ? undefined : bytes / 1_024, 1),
    ]
  })
  return [head, ...body]
}
