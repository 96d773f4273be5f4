/**
 * What Go writes otherwise than protobuf-es in the JSON of an Any: numbers of 32 bits as short as they can be, and an Empty
 * with a value. `protojson.ts` calls it for parameters, which alpha1 gives back, and `any.ts` reads numbers with it.
 */
import type { JsonObject, JsonValue } from '@bufbuild/protobuf'

/** The JSON of an Any, from that of protobuf-es, as Go has it. */
export function writeAnyAsGo(json: JsonValue): JsonValue {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return json
  switch (typeOf(json)) {
    case 'google.protobuf.Empty':
      return { ...json, value: {} }
    case 'google.protobuf.FloatValue':
      return typeof json.value === 'number' ? { ...json, value: shortest(json.value) } : json
    case 'google.protobuf.Any':
      return json.value === undefined ? json : { ...json, value: writeAnyAsGo(json.value) }
    default:
      return json
  }
}

/** The shortest decimal number that is the same one in 32 bits: 0.1 for 0.10000000149011612. */
export function shortest(float: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(float.toPrecision(digits))
    if (Math.fround(short) === float) return short
  }
  return float
}

function typeOf({ '@type': typeUrl }: JsonObject): string {
  return typeof typeUrl === 'string' ? typeUrl.slice(typeUrl.lastIndexOf('/') + 1) : ''
}
