/**
 * JSON Schema of a Configuration resource, for editors: `docs/schemas/configuration.json`. Beside `read.ts`, which reads the
 * same fields. Sections that belong to other parts of Dapr may stand there and are not looked at.
 */
import { closed, filledIn, resourceSchema, type Schema } from '../components/schema.ts'

const flag = (description: string): Schema => ({ type: 'boolean', description })

const rules: Schema = {
  type: 'array',
  items: {
    ...closed({
      name: {
        type: 'string',
        minLength: 1,
        description: 'A group of APIs: conversation, metadata, shutdown or console.',
      },
      version: { type: 'string', description: 'Such as v1.0-alpha2; every version where there is none.' },
      protocol: { enum: ['http', 'grpc', 'HTTP', 'GRPC'], description: 'Both where there is none.' },
    }),
    required: ['name'],
  },
}

const tracing = closed(
  {
    samplingRate: {
      description: 'The share of traces that are recorded, from 0 to 1.',
      anyOf: [{ type: 'number' }, { type: 'string', pattern: '^(\\d+\\.?\\d*|\\.\\d+)$' }, filledIn],
    },
    stdout: flag('Whether spans are written to standard output.'),
    zipkin: closed({ endpointAddress: { type: 'string' } }, 'Not spoken by this sidecar, which says so.'),
    otel: closed(
      {
        endpointAddress: { type: 'string', description: 'Host and port of a collector, or its whole address.' },
        protocol: { enum: ['grpc', 'http'] },
        isSecure: flag('Whether the connection is encrypted.'),
        headers: { type: 'string', description: 'Headers as a=b,c=d.' },
        timeout: { type: ['string', 'integer'], description: 'How long one batch may take, such as 10s.' },
      },
      'A collector that speaks OTLP.',
    ),
  },
  'Where traces go.',
)

const label = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string', minLength: 1 },
    regex: {
      type: 'object',
      description: 'What is written in place of what matches: the new value, and the expression.',
      additionalProperties: { type: 'string' },
    },
  },
} satisfies Schema

/** Dapr knows the section under two names. */
const metrics: Schema = {
  type: 'object',
  properties: {
    enabled: flag('Whether figures are served.'),
    recordErrorCodes: flag("Whether failures are counted by Dapr's codes."),
    latencyDistributionBuckets: {
      type: 'array',
      items: { type: 'integer', minimum: 0 },
      description: 'The bounds of latencies in milliseconds, the smallest first.',
    },
    http: {
      type: 'object',
      properties: {
        increasedCardinality: flag('Whether paths are labels.'),
        pathMatching: { type: 'array', items: { type: 'string' }, description: 'The paths that are labels.' },
        excludeVerbs: flag('Whether the method is left out of the labels.'),
      },
    },
    rules: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string', minLength: 1, description: 'The name of a figure.' },
          labels: { type: 'array', items: label },
        },
      },
    },
  },
}

/** The schema. */
export const configurationSchema: Schema = resourceSchema('A Configuration of Dapr', 'Configuration', {
  type: 'object',
  properties: {
    tracing,
    metric: metrics,
    metrics,
    logging: {
      type: 'object',
      properties: {
        apiLogging: closed(
          {
            enabled: flag('Whether each call is logged.'),
            obfuscateURLs: flag('Whether the log names APIs in place of paths.'),
            omitHealthChecks: flag('Whether calls of the health routes stay out of the log.'),
          },
          'The log of calls.',
        ),
      },
    },
    api: closed({ allowed: rules, denied: rules }, 'Which APIs are open.'),
    components: closed(
      { deny: { type: 'array', items: { type: 'string' }, description: 'Types of component that are not loaded.' } },
      'Which kinds of component are loaded.',
    ),
    features: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'enabled'],
        properties: { name: { type: 'string', examples: ['HotReload'] }, enabled: { type: 'boolean' } },
      },
    },
  },
})
