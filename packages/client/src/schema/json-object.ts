/** Tells JSON objects from other values, for whoever walks through JSON. */
import type { JsonObject } from '@dapr-chat/protocol'

/** Whether a value is an object and no array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
