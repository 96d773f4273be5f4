/**
 * What a sidecar says about itself: GetMetadata over gRPC, and over HTTP a JSON body of its own kind, which is not
 * protojson (numbers are numbers). The sidecar writes both, the client reads both.
 */
import { create } from '@bufbuild/protobuf'
import type { GetMetadataResponse } from './gen/dapr/proto/runtime/v1/metadata_pb.js'
import { ActorRuntime_ActorRuntimeStatus, GetMetadataResponseSchema } from './gen/dapr/proto/runtime/v1/metadata_pb.js'

/** One loaded component. */
export interface ComponentMetadata {
  readonly name: string
  /** As written in the YAML, such as `conversation.openai`. */
  readonly type: string
  readonly version: string
}

/** A sidecar's metadata. */
export interface SidecarMetadata {
  /** The app id. */
  readonly id: string
  readonly runtimeVersion: string
  readonly enabledFeatures: readonly string[]
  readonly components: readonly ComponentMetadata[]
  /** Free entries, among them those of SetMetadata. */
  readonly extended: Readonly<Record<string, string>>
  /** How the sidecar reaches its app, where one is configured. */
  readonly app?: {
    readonly port: number
    readonly protocol: string
    readonly channelAddress: string
    /** -1 stands for no limit. */
    readonly maxConcurrency: number
  }
  /** Names of the resiliency resources. */
  readonly resiliencies: readonly string[]
}

/** The entry of the extended metadata by which dapr-chat says that it is no stock daprd; its value is our version. */
export const DAPR_CHAT_VERSION = 'daprChatVersion'

/** Whether the metadata are those of dapr-chat. */
export function isDaprChat({ extended }: Pick<SidecarMetadata, 'extended'>): boolean {
  return Boolean(extended[DAPR_CHAT_VERSION])
}

/** The HTTP body as an object for `JSON.stringify`; what is empty is left out, as in daprd. */
export function writeMetadataBody(metadata: SidecarMetadata): object {
  const { id, runtimeVersion, enabledFeatures, components, extended, app, resiliencies } = metadata
  return {
    ...(id && { id }),
    ...(runtimeVersion && { runtimeVersion }),
    ...(enabledFeatures.length > 0 && { enabledFeatures }),
    ...(components.length > 0 && { components }),
    ...(Object.keys(extended).length > 0 && { extended }),
    appConnectionProperties: appConnection(app),
    actorRuntime: { runtimeStatus: 'DISABLED', hostReady: false },
    ...(resiliencies.length > 0 && { resiliencies: resiliencies.map((name) => ({ name })) }),
  }
}

/** The gRPC answer. */
export function writeMetadataResponse(metadata: SidecarMetadata): GetMetadataResponse {
  const { id, runtimeVersion, enabledFeatures, components, extended, app, resiliencies } = metadata
  return create(GetMetadataResponseSchema, {
    id,
    runtimeVersion,
    enabledFeatures: [...enabledFeatures],
    registeredComponents: components.map((component) => ({ ...component })),
    extendedMetadata: { ...extended },
    appConnectionProperties: appConnection(app),
    actorRuntime: { runtimeStatus: ActorRuntime_ActorRuntimeStatus.DISABLED },
    resiliencies: resiliencies.map((name) => ({ name })),
  })
}

/** daprd says how it would reach an app even where it has none, and leaves out what sets no limit. */
function appConnection({ port, protocol, channelAddress, maxConcurrency }: SidecarMetadata['app'] = noApp) {
  return { ...(port > 0 && { port }), protocol, channelAddress, ...(maxConcurrency > 0 && { maxConcurrency }) }
}

const noApp = { port: 0, protocol: 'http', channelAddress: '127.0.0.1', maxConcurrency: -1 }

/** Reads the parsed HTTP body of any Dapr sidecar; whatever is absent or not of its type reads as empty. */
export function readMetadataBody(body: unknown): SidecarMetadata {
  const json = record(body)
  const app = record(json.appConnectionProperties)
  return {
    id: text(json.id),
    runtimeVersion: text(json.runtimeVersion),
    enabledFeatures: list(json.enabledFeatures).map(text),
    components: list(json.components).map((component) => {
      const { name, type, version } = record(component)
      return { name: text(name), type: text(type), version: text(version) }
    }),
    extended: Object.fromEntries(Object.entries(record(json.extended)).map(([key, value]) => [key, text(value)])),
    ...(typeof app.port === 'number' && {
      app: {
        port: app.port,
        protocol: text(app.protocol),
        channelAddress: text(app.channelAddress),
        maxConcurrency: typeof app.maxConcurrency === 'number' ? app.maxConcurrency : -1,
      },
    }),
    resiliencies: list(json.resiliencies).map((resiliency) => text(record(resiliency).name)),
  }
}

/** Reads the gRPC answer of any Dapr sidecar. */
export function readMetadataResponse(wire: GetMetadataResponse): SidecarMetadata {
  const app = wire.appConnectionProperties
  return {
    id: wire.id,
    runtimeVersion: wire.runtimeVersion,
    enabledFeatures: wire.enabledFeatures,
    components: wire.registeredComponents.map(({ name, type, version }) => ({ name, type, version })),
    extended: wire.extendedMetadata,
    ...(app?.port && {
      app: {
        port: app.port,
        protocol: app.protocol,
        channelAddress: app.channelAddress,
        maxConcurrency: app.maxConcurrency || -1,
      },
    }),
    resiliencies: wire.resiliencies.map(({ name }) => name),
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
