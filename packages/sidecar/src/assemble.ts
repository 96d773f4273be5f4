/** A provider inside its middleware. Their order is the array below, outermost first; nothing else decides it. */
import { type Converse, compose } from '@dapr-chat/protocol'
import type { Creation } from './components/component.ts'
import { acceptedMedia } from './middleware/accepted-media.ts'
import { hideSecrets } from './middleware/hide-secrets.ts'
import { scrubInput } from './middleware/scrub/input.ts'
import { scrubOutput } from './middleware/scrub/output.ts'
import { telemetry } from './middleware/telemetry.ts'
import type { Metrics } from './observability/metrics.ts'
import type { SettingsDeclaration } from './providers/provider.ts'

/** Wraps each component's provider once, when the component loads. */
export function createAssembler(metrics: Metrics): (creation: Creation) => Converse {
  return ({ provider, definition, settings, manifest }) =>
    compose(provider.converse, [
      // Outermost: its figures are what callers experience, retries and caches included.
      telemetry(metrics, manifest.name),
      // Outside of whatever keeps questions and answers: nothing at rest holds what a caller had taken out of a question.
      scrubInput(),
      // A request that the provider cannot take goes no further.
      ...(definition.accepts ? [acceptedMedia(definition.accepts)] : []),
      // Inside of it: nothing at rest holds what a caller had taken out of an answer.
      scrubOutput(),
      // Innermost: whatever looks at a failure later sees none of the component's secrets.
      hideSecrets(secretsOf(definition.settings, settings)),
    ])
}

function secretsOf(declaration: SettingsDeclaration, settings: Creation['settings']): string[] {
  return Object.entries(settings).flatMap(([name, value]) =>
    declaration[name]?.sensitive && typeof value === 'string' ? [value] : [],
  )
}
