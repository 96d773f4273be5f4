/**
 * JSON Schema of a Resiliency resource, for editors: `docs/schemas/resiliency.json`. Beside `read-policy.ts`, which reads the
 * same fields; the loader takes names in any case, the schema those that Dapr writes. A test holds the two against each other.
 */
import { byName, closed, resourceSchema, type Schema } from '../components/schema.ts'

const duration: Schema = {
  description: 'A duration such as 30s or 1m30s; a bare number counts milliseconds.',
  anyOf: [
    { type: 'integer', minimum: 0 },
    { type: 'string', pattern: '^(\\d+|((\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h))+)$' },
  ],
}

const codes = (what: string): Schema => ({
  description: `${what}, and ranges of them, separated by commas: 429,500-599.`,
  anyOf: [{ type: 'integer' }, { type: 'string', pattern: '^[\\d\\s,-]+$' }],
})

const whole = (description: string): Schema => ({
  description,
  anyOf: [{ type: 'integer' }, { type: 'string', pattern: '^-?\\d+$' }],
})

const retry = closed(
  {
    policy: {
      enum: ['constant', 'exponential'],
      default: 'constant',
      description: 'Whether the pauses stay the same or grow.',
    },
    duration,
    maxInterval: duration,
    maxRetries: whole('How often to try again; -1 stands for no end.'),
    matching: closed({ httpStatusCodes: codes('HTTP statuses'), gRPCStatusCodes: codes('gRPC codes') }),
  },
  'When a call that failed before its first output is made again.',
)

const circuitBreaker = closed(
  {
    maxRequests: whole('How many calls try whether the provider is back.'),
    interval: duration,
    timeout: duration,
    trip: {
      type: 'string',
      default: 'consecutiveFailures > 5',
      description:
        'When it opens: a condition in CEL over requests, totalSuccesses, totalFailures, consecutiveSuccesses and consecutiveFailures.',
    },
  },
  'When a provider that keeps failing is left alone for a while.',
)

const policy = (section: string): Schema => ({
  type: 'string',
  description: `The name of an entry of policies.${section}.`,
})

const target = closed({
  outbound: closed({
    timeout: policy('timeouts'),
    retry: policy('retries'),
    circuitBreaker: policy('circuitBreakers'),
  }),
  inbound: { type: 'object', description: 'Says nothing of conversations, which only go out.' },
})

/** The schema. */
export const resiliencySchema: Schema = resourceSchema(
  'Resiliency policies of Dapr',
  'Resiliency',
  {
    type: 'object',
    properties: {
      policies: {
        type: 'object',
        properties: {
          timeouts: byName(duration),
          retries: byName(retry),
          circuitBreakers: byName(circuitBreaker),
        },
      },
      targets: {
        type: 'object',
        // Apps and actors are other parts of Dapr.
        properties: { components: byName(target) },
      },
    },
  },
  {
    scopes: { type: 'array', items: { type: 'string' }, description: 'The app ids that may load it; all where none.' },
  },
)
