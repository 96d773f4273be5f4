/** What a Configuration says in `spec.tracing`. */
import type { Path, YamlDocument } from '../components/document.ts'
import { parseDuration } from '../components/value.ts'

/** Where traces go and how many, as far as the Configuration says. */
export interface TracingConfiguration {
  /** The share of traces that are recorded, from 0 to 1; absent where it does not say, or says what is no number. */
  readonly samplingRate?: number
  /** Whether spans are written to standard output. */
  readonly stdout: boolean
  /** Whether spans are wanted in Zipkin, which this sidecar does not speak. */
  readonly zipkin: boolean
  readonly otlp?: OtlpEndpoint
}

/** A collector. */
export interface OtlpEndpoint {
  /** Host and port, or a whole address. */
  readonly endpoint: string
  readonly protocol: 'grpc' | 'http/protobuf'
  /** Whether the connection is encrypted, where the address does not say. */
  readonly secure: boolean
  /** `a=b,c=d`; empty where there are none. */
  readonly headers: string
  /** How long one batch may take, in milliseconds. */
  readonly timeoutMs?: number
}

/**
 * Reads the section.
 * @throws DocumentError where a field is not what it must be.
 */
export function readTracing(document: YamlDocument, path: Path): TracingConfiguration {
  const samplingRate = readSamplingRate(document.at(...path, 'samplingRate'))
  return {
    ...(samplingRate !== undefined && { samplingRate }),
    stdout: document.flag(...path, 'stdout'),
    zipkin: document.text(...path, 'zipkin', 'endpointAddress') !== '',
    ...readOtlp(document, [...path, 'otel']),
  }
}

/** Text in Dapr's schema; a bare number is taken too. What is no number counts as not said, as in daprd. */
function readSamplingRate(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const rate = Number(value)
  return Number.isNaN(rate) ? undefined : Math.min(1, Math.max(0, rate))
}

function readOtlp(document: YamlDocument, path: Path): { otlp?: OtlpEndpoint } {
  const endpoint = document.text(...path, 'endpointAddress')
  if (endpoint === '') return {}
  const protocol = document.text(...path, 'protocol').toLowerCase()
  if (protocol !== 'grpc' && protocol !== 'http') throw document.error([...path, 'protocol'], 'must be grpc or http')
  const timeout = document.text(...path, 'timeout')
  const timeoutMs = parseDuration(timeout)
  if (timeoutMs === undefined || timeoutMs < 0) {
    throw document.error([...path, 'timeout'], 'must be a duration such as 10s')
  }
  return {
    otlp: {
      endpoint,
      protocol: protocol === 'http' ? 'http/protobuf' : protocol,
      secure: document.at(...path, 'isSecure') === undefined || document.flag(...path, 'isSecure'),
      headers: document.text(...path, 'headers'),
      ...(timeoutMs > 0 && { timeoutMs }),
    },
  }
}
