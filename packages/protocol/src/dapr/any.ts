/**
 * The typed values that `parameters` carries, and the types that may occur in one: protobuf's well-known types and the
 * messages of this service.
 */
import type { JsonValue as ProtobufJson, Registry } from '@bufbuild/protobuf'
import { create, createRegistry, fromJson, toJson } from '@bufbuild/protobuf'
import type { Any } from '@bufbuild/protobuf/wkt'
import {
  anyPack,
  anyUnpack,
  BoolValueSchema,
  DoubleValueSchema,
  file_google_protobuf_any,
  file_google_protobuf_duration,
  file_google_protobuf_empty,
  file_google_protobuf_field_mask,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
  Int64ValueSchema,
  StringValueSchema,
  StructSchema,
  ValueSchema,
} from '@bufbuild/protobuf/wkt'
import type { JsonValue } from '../conversation/json.ts'
import { file_dapr_proto_runtime_v1_ai } from './gen/dapr/proto/runtime/v1/ai_pb.js'
import { file_dapr_proto_runtime_v1_metadata } from './gen/dapr/proto/runtime/v1/metadata_pb.js'
import { shortest } from './protojson-any.ts'

/** The types that an Any may hold. */
export const anyTypes: Registry = createRegistry(
  file_google_protobuf_any,
  file_google_protobuf_duration,
  file_google_protobuf_empty,
  file_google_protobuf_field_mask,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
  file_dapr_proto_runtime_v1_ai,
  file_dapr_proto_runtime_v1_metadata,
)

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * The plain JSON of an Any: a wrapper's value, a Struct's object, bytes in base64, a message's protojson. The Java SDK
 * sends JSON text without a type; that is read as JSON. `undefined` where the type is unknown or the bytes do not fit:
 * daprd does not look into these values, so they are no reason to fail.
 */
export function readAny(any: Any): JsonValue | undefined {
  try {
    if (any.typeUrl === '') return any.value.length === 0 ? undefined : JSON.parse(utf8.decode(any.value))
    const message = anyUnpack(any, anyTypes)
    const type = message && anyTypes.getMessage(message.$typeName)
    if (!message || !type) return undefined
    const json: JsonValue = toJson(type, message, { registry: anyTypes })
    if (type.typeName === 'google.protobuf.FloatValue' && typeof json === 'number') return shortest(json)
    const wide = type.typeName === 'google.protobuf.Int64Value' || type.typeName === 'google.protobuf.UInt64Value'
    return wide && Number.isSafeInteger(Number(json)) ? Number(json) : json
  } catch {
    return undefined
  }
}

/** An Any that holds a JSON value, in the type that Dapr's own clients choose for it. */
export function writeAny(value: JsonValue): Any {
  switch (typeof value) {
    case 'string':
      return anyPack(StringValueSchema, create(StringValueSchema, { value }))
    case 'boolean':
      return anyPack(BoolValueSchema, create(BoolValueSchema, { value }))
    case 'number':
      return Number.isSafeInteger(value)
        ? anyPack(Int64ValueSchema, create(Int64ValueSchema, { value: BigInt(value) }))
        : anyPack(DoubleValueSchema, create(DoubleValueSchema, { value }))
    default: {
      // An object travels as a Struct, an array or null as a Value, which reads alike and which Struct cannot hold.
      const schema = value === null || Array.isArray(value) ? ValueSchema : StructSchema
      return anyPack<typeof schema>(schema, fromJson(schema, value as ProtobufJson))
    }
  }
}

/** All parameters as plain JSON; `undefined` where there are none that can be read. */
export function readParameters(
  parameters: Readonly<Record<string, Any>>,
): Readonly<Record<string, JsonValue>> | undefined {
  const entries = Object.entries(parameters).flatMap(([key, any]) => {
    const value = readAny(any)
    return value === undefined ? [] : [[key, value] as const]
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}
