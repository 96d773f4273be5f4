/** A provider inside its middleware. Their order is the array below, outermost first; nothing else decides it. */
import { type Converse, compose } from '@dapr-chat/protocol'
import type { Creation } from './components/component.ts'
import { telemetry } from './middleware/telemetry.ts'
import type { Metrics } from './observability/metrics.ts'

/** Wraps each component's provider once, when the component loads. */
export function createAssembler(metrics: Metrics): (creation: Creation) => Converse {
  return ({ provider, manifest }) =>
    compose(provider.converse, [
      // Outermost: its figures are what callers experience, retries and caches included.
      telemetry(metrics, manifest.name),
    ])
}
