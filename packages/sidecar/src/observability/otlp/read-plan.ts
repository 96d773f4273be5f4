/**
 * Reads OpenTelemetry's standard variables and the Configuration's `spec.tracing`, as daprd does: the environment wins.
 * The composition root calls it. As the specification asks, a value that cannot be used is told and passed over.
 */
import { type Environment, environmentValue } from '../../components/value.ts'
import type { TracingConfiguration } from '../../configuration/tracing.ts'
import { genAiNames } from '../genai-names.ts'
import type { Collector, Destinations, OtlpProtocol, Sampling, TelemetryPlan } from './plan.ts'

/** What decides about telemetry. */
export interface PlanSources {
  readonly environment: Environment
  /** What Configuration resources say; absent where none says anything. */
  readonly tracing: TracingConfiguration | undefined
  /** The name of the service where no variable gives one. */
  readonly appId: string
  /** Is told what is passed over. */
  warn(message: string): void
}

type Signal = 'traces' | 'metrics'

const PROTOCOLS: readonly OtlpProtocol[] = ['http/protobuf', 'http/json', 'grpc']

/** How long the end of a sidecar waits for collectors at most, in milliseconds. */
const FLUSH_LIMIT_MS = 2_000

/** daprd's share of traces where nothing says another. */
const DAPR_SAMPLING_RATE = 0.0001

/** The plan; `undefined` where nothing is to be sent, and then nothing of OpenTelemetry is loaded. */
export function readTelemetryPlan(sources: PlanSources): TelemetryPlan | undefined {
  const reader = new PlanReader(sources)
  return reader.disabled ? undefined : reader.plan()
}

class PlanReader {
  readonly #sources: PlanSources

  constructor(sources: PlanSources) {
    this.#sources = sources
  }

  get disabled(): boolean {
    return this.#variable('SDK_DISABLED')?.toLowerCase() === 'true'
  }

  plan(): TelemetryPlan | undefined {
    const traces = this.#traces()
    const metrics = this.#destinations('metrics')
    if (!traces && !metrics) return undefined
    return {
      resource: this.#resource(),
      ...(traces && { traces }),
      ...(metrics && { metrics: { ...metrics, intervalMs: this.#count('METRIC_EXPORT_INTERVAL') ?? 60_000 } }),
      flushMs: Math.min(FLUSH_LIMIT_MS, this.#count('BSP_EXPORT_TIMEOUT') ?? FLUSH_LIMIT_MS),
      names: genAiNames(this.#variable('SEMCONV_STABILITY_OPT_IN')),
      captureContent: traces !== undefined && this.#captureContent(),
    }
  }

  #traces(): TelemetryPlan['traces'] {
    const { tracing, warn } = this.#sources
    if (tracing?.zipkin) {
      warn(
        'spec.tracing.zipkin of the Configuration is passed over: traces are sent over OTLP only (spec.tracing.otel)',
      )
    }
    const sampling = this.#sampling()
    // daprd's way to say that nothing is traced.
    if (sampling === undefined) return undefined
    const destinations = this.#destinations('traces')
    return destinations && { ...destinations, sampling }
  }

  #destinations(signal: Signal): Destinations | undefined {
    const configured = signal === 'traces' ? this.#sources.tracing : undefined
    const chosen = this.#exporters(signal)
    if (chosen?.has('none')) return undefined
    const address = this.#forSignal(signal, 'ENDPOINT') ?? configured?.otlp?.endpoint
    const toCollector = chosen ? chosen.has('otlp') : address !== undefined
    const collector = toCollector ? this.#collector(signal) : undefined
    const stdout = chosen ? chosen.has('console') : (configured?.stdout ?? false)
    return collector || stdout ? { ...(collector && { collector }), stdout } : undefined
  }

  /** What `OTEL_TRACES_EXPORTER` or `OTEL_METRICS_EXPORTER` names; `undefined` where it is not set. */
  #exporters(signal: Signal): ReadonlySet<string> | undefined {
    const name = `${signal.toUpperCase()}_EXPORTER`
    const value = this.#variable(name)
    if (value === undefined) return undefined
    const names = value.split(',').map((entry) => entry.trim().toLowerCase())
    for (const exporter of names) {
      if (!['otlp', 'console', 'none'].includes(exporter)) this.#passOver(name, 'must be otlp, console or none')
    }
    return new Set(names)
  }

  #collector(signal: Signal): Collector | undefined {
    const variable = (name: string) => this.#forSignal(signal, name)
    const general = this.#variable('EXPORTER_OTLP_ENDPOINT')
    const own = this.#variable(`EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`)
    const configured = signal === 'traces' ? this.#sources.tracing?.otlp : undefined
    const protocol = this.#protocol(signal) ?? configured?.protocol ?? 'http/protobuf'
    const insecure = variable('INSECURE')?.toLowerCase() === 'true'
    const address = (given: string, secure: boolean) =>
      given.includes('://') ? given : `${secure ? 'https' : 'http'}://${given}`
    const withPath = (base: string) => (protocol === 'grpc' ? base : `${base.replace(/\/+$/, '')}/v1/${signal}`)
    let url: string
    // The address of one signal stands as it is, that of all signals is what their paths are added to.
    if (own !== undefined) url = address(own, !insecure)
    else if (general !== undefined) url = withPath(address(general, !insecure))
    else if (configured) url = withPath(address(configured.endpoint, configured.secure))
    else url = withPath(protocol === 'grpc' ? 'http://localhost:4317' : 'http://localhost:4318')
    if (!URL.canParse(url) || !/^https?:/i.test(url)) {
      this.#sources.warn(
        `The ${signal} are not sent: the address of the collector must be http or https: current value is ${JSON.stringify(url)}`,
      )
      return undefined
    }
    const compression = variable('COMPRESSION')
    return {
      protocol,
      url,
      headers: {
        ...readPairs(configured?.headers),
        ...readPairs(this.#variable('EXPORTER_OTLP_HEADERS')),
        ...readPairs(this.#variable(`EXPORTER_OTLP_${signal.toUpperCase()}_HEADERS`)),
      },
      timeoutMs:
        this.#count(`EXPORTER_OTLP_${signal.toUpperCase()}_TIMEOUT`) ??
        this.#count('EXPORTER_OTLP_TIMEOUT') ??
        configured?.timeoutMs ??
        10_000,
      compression: compression?.toLowerCase() === 'gzip' ? 'gzip' : 'none',
    }
  }

  #protocol(signal: Signal): OtlpProtocol | undefined {
    const value = this.#forSignal(signal, 'PROTOCOL')
    if (value === undefined) return undefined
    const protocol = PROTOCOLS.find((known) => known === value.toLowerCase())
    if (!protocol) this.#passOver('EXPORTER_OTLP_PROTOCOL', `must be ${PROTOCOLS.join(', ')}`, value)
    return protocol
  }

  /** `undefined` where the Configuration switches tracing off and no variable switches it on. */
  #sampling(): Sampling | undefined {
    const { tracing } = this.#sources
    const name = this.#variable('TRACES_SAMPLER')?.toLowerCase()
    if (name !== undefined) {
      const named = /^(?<parent>parentbased_)?(?<kind>always_on|always_off|traceidratio)$/.exec(name)?.groups
      if (named) {
        const ratios: Readonly<Record<string, number>> = { always_on: 1, always_off: 0 }
        return { parentBased: named.parent !== undefined, ratio: ratios[named.kind ?? ''] ?? this.#samplerRatio() }
      }
      this.#passOver('TRACES_SAMPLER', 'must be one of the names in its specification')
    }
    if (tracing?.samplingRate === 0) return undefined
    const byVariable =
      this.#forSignal('traces', 'ENDPOINT') !== undefined || this.#variable('TRACES_EXPORTER') !== undefined
    return { parentBased: true, ratio: tracing?.samplingRate ?? (byVariable ? 1 : DAPR_SAMPLING_RATE) }
  }

  #samplerRatio(): number {
    const value = this.#variable('TRACES_SAMPLER_ARG')
    if (value === undefined) return 1
    const ratio = Number(value)
    if (ratio >= 0 && ratio <= 1) return ratio
    this.#passOver('TRACES_SAMPLER_ARG', 'must be a number from 0 to 1')
    return 1
  }

  #resource(): Record<string, string> {
    const given = readPairs(this.#variable('RESOURCE_ATTRIBUTES'))
    return {
      ...given,
      'service.name': this.#variable('SERVICE_NAME') ?? given['service.name'] ?? this.#sources.appId,
    }
  }

  #captureContent(): boolean {
    const name = 'INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT'
    const value = this.#variable(name)?.toUpperCase() ?? 'NO_CONTENT'
    if (value === 'EVENT_ONLY' || value === 'SPAN_AND_EVENT') {
      this.#passOver(name, 'must be NO_CONTENT or SPAN_ONLY, because no events are sent')
    }
    return value === 'SPAN_ONLY' || value === 'SPAN_AND_EVENT' || value === 'TRUE'
  }

  /** A whole number greater than 0. */
  #count(name: string): number | undefined {
    const value = this.#variable(name)
    if (value === undefined) return undefined
    const count = Number(value)
    if (Number.isSafeInteger(count) && count > 0) return count
    this.#passOver(name, 'must be a whole number of milliseconds, greater than 0')
    return undefined
  }

  #forSignal(signal: Signal, name: string): string | undefined {
    return this.#variable(`EXPORTER_OTLP_${signal.toUpperCase()}_${name}`) ?? this.#variable(`EXPORTER_OTLP_${name}`)
  }

  #variable(name: string): string | undefined {
    return environmentValue(this.#sources.environment, `OTEL_${name}`)?.trim() || undefined
  }

  #passOver(name: string, mustHold: string, value = this.#variable(name)): void {
    this.#sources.warn(`OTEL_${name} is passed over: it ${mustHold}: current value is ${JSON.stringify(value)}`)
  }
}

/** `a=b,c=d`, with percent-encoded values: the form of baggage, which OpenTelemetry uses for headers and attributes. */
export function readPairs(text: string | undefined): Record<string, string> {
  const pairs = (text ?? '').split(',').flatMap((pair): [string, string][] => {
    const equals = pair.indexOf('=')
    const name = pair.slice(0, equals).trim()
    return equals < 1 || name === '' ? [] : [[name, decoded(pair.slice(equals + 1).trim())]]
  })
  return Object.fromEntries(pairs)
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
