/**
 * JSON of protobuf messages exactly as daprd reads and writes it. protobuf-es does the work; this file adds what Go's
 * protojson does otherwise and the spellings that other clients are known to send. The sidecar reads requests with it
 * and writes answers, the client the other way round.
 */
import type { DescMessage, JsonValue, MessageShape } from '@bufbuild/protobuf'
import { fromJson, toJson } from '@bufbuild/protobuf'
import { ConversationError } from '../error.ts'
import { anyTypes } from './any.ts'
import { findDuplicate } from './duplicate-keys.ts'
import { adaptJson, restoreTypeUrls } from './protojson-adapt.ts'
import { sortKeys } from './protojson-sort.ts'

/**
 * How deep messages and Struct values may nest. Go allows 10,000; a JavaScript stack does not, and no schema comes near.
 */
const DEPTH = 1000

// A byte-order mark stays in the text, where `JSON.parse` refuses it as Go does.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads the body of a request. No bytes at all are an empty message; unknown members are passed over; each field may be
 * spelt in camelCase and in snake_case.
 * @throws ConversationError `malformed_request` for anything else that Dapr refuses.
 */
export function readRequestJson<Desc extends DescMessage>(schema: Desc, body: Uint8Array | string): MessageShape<Desc> {
  try {
    return read(schema, body)
  } catch (error) {
    throw new ConversationError('malformed_request', `failed deserializing HTTP body: proto: ${reasonOf(error)}`, {
      cause: error,
    })
  }
}

/**
 * Reads the body of an answer.
 * @throws ConversationError `protocol` where it is not a message of this type.
 */
export function readResponseJson<Desc extends DescMessage>(
  schema: Desc,
  body: Uint8Array | string,
): MessageShape<Desc> {
  try {
    return read(schema, body)
  } catch (error) {
    throw new ConversationError('protocol', `Cannot read the answer as ${schema.name}: ${reasonOf(error)}`, {
      cause: error,
    })
  }
}

/** Writes a message: zeros left out, 64-bit integers as strings, keys of maps and Structs sorted. */
export function writeJson<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): string {
  return JSON.stringify(sortKeys(schema, toJson(schema, message, { registry: anyTypes })))
}

function read<Desc extends DescMessage>(schema: Desc, body: Uint8Array | string): MessageShape<Desc> {
  const text = typeof body === 'string' ? body : utf8.decode(body)
  const json: JsonValue = text === '' ? {} : JSON.parse(text)
  const duplicate = findDuplicate(schema, text, json)
  if (duplicate !== undefined) throw new Error(`duplicate field ${JSON.stringify(duplicate)}`)
  // Only an escape can bring an unpaired surrogate: the text itself came out of UTF-8.
  if (/\\u[dD][89a-fA-F]/.test(text)) checkWellFormed(json)
  const typeUrls = adaptJson(schema, json)
  const message = fromJson(schema, json, { ignoreUnknownFields: true, registry: anyTypes, recursionLimit: DEPTH })
  restoreTypeUrls(message, typeUrls)
  return message
}

function checkWellFormed(json: JsonValue): void {
  if (typeof json === 'string') {
    if (!json.isWellFormed()) throw new Error('invalid UTF-16 surrogate pair in a string')
  } else if (Array.isArray(json)) {
    for (const item of json) checkWellFormed(item)
  } else if (typeof json === 'object' && json !== null) {
    for (const [key, value] of Object.entries(json)) {
      checkWellFormed(key)
      checkWellFormed(value)
    }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof RangeError) return 'exceeded maximum recursion depth'
  return error instanceof Error ? error.message : 'invalid value'
}
