/**
 * Brings parsed JSON into the form in which protobuf-es reads it as Go's protojson would: spellings that only other
 * clients use, the rules of Any and Duration, and null members. `protojson.ts` calls it; the JSON is changed in place,
 * which is free to do with what was just parsed.
 */
import type { DescMessage, JsonObject, JsonValue, Message } from '@bufbuild/protobuf'
import { ConversationRequestAlpha2Schema, ConversationRequestSchema } from './gen/dapr/proto/runtime/v1/ai_pb.js'

/** Spellings that the JSON names of a message do not cover, which clients in the field send all the same. */
const aliases: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map([
  [ConversationRequestAlpha2Schema.typeName, { contextID: 'contextId', scrubPII: 'scrubPii' }],
  [
    ConversationRequestSchema.typeName,
    { contextId: 'contextID', context_id: 'contextID', scrubPii: 'scrubPII', scrub_pii: 'scrubPII' },
  ],
])

/** Well-known types whose JSON is not an object of fields; an Any must then have a `value`. */
const valued =
  /^google\.protobuf\.(?:(?:Bool|Bytes|Double|Float|Int32|Int64|String|UInt32|UInt64|List)?Value|Struct|Duration|Timestamp|FieldMask|Any)$/

const wrapper = /^google\.protobuf\.(?:Bool|Bytes|Double|Float|Int32|Int64|String|UInt32|UInt64)Value$/

/** Go takes a plus, and lets the digits before the point or behind it be missing, but not a zero in front. */
const duration = /^([+-]?)(?=[\d.])(0|[1-9]\d*|)(?:\.(\d{0,9}))?s$/
const decimal = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** Adapts JSON that is to become a message of `schema`; gives back the type URLs of its parameters. */
export function adaptJson(schema: DescMessage, json: JsonValue): Map<string, string> {
  const typeUrls = new Map<string, string>()
  const names = aliases.get(schema.typeName)
  if (!isObject(json) || !names) return typeUrls
  rename(json, schema, names)
  const scrub = Object.fromEntries(Object.entries(names).filter(([, name]) => name.startsWith('scrub')))
  const inputs = schema.fields.find((field) => field.name === 'inputs')?.message
  for (const input of objects(json.inputs)) {
    if (inputs) rename(input, inputs, scrub)
    for (const message of objects(input.messages)) {
      dropNulls(message)
      for (const value of Object.values(message)) {
        if (isObject(value)) for (const part of objects(value.content)) dropNulls(part)
      }
    }
  }
  checkNumber(json.temperature)
  checkNumber(json.maxTokens)
  checkNumber(json.max_tokens)
  adaptDuration(json, 'promptCacheRetention')
  adaptDuration(json, 'prompt_cache_retention')
  if (isObject(json.parameters)) {
    for (const [key, value] of Object.entries(json.parameters)) {
      if (!isObject(value)) continue
      const typeUrl = adaptAny(value)
      if (typeUrl !== undefined) typeUrls.set(key, typeUrl)
    }
  }
  return typeUrls
}

/** Gives the parameters of a message the type URLs that the caller wrote, which may name any host. */
export function restoreTypeUrls(message: Message, typeUrls: ReadonlyMap<string, string>): void {
  if (typeUrls.size === 0) return
  const { parameters } = message as Message & { parameters: Record<string, { typeUrl: string }> }
  for (const [key, typeUrl] of typeUrls) {
    const any = parameters[key]
    if (any) any.typeUrl = typeUrl
  }
}

function rename(json: JsonObject, schema: DescMessage, names: Readonly<Record<string, string>>): void {
  for (const [alias, name] of Object.entries(names)) {
    const value = json[alias]
    if (value === undefined) continue
    const spellings = schema.fields.find((field) => field.jsonName === name)
    if (json[name] !== undefined || (spellings && json[spellings.name] !== undefined)) {
      throw new Error(`duplicate field ${JSON.stringify(alias)}`)
    }
    delete json[alias]
    json[name] = value
  }
}

/** A null member is an unset one, also where another member of the same oneof is set. */
function dropNulls(json: JsonObject): void {
  for (const [key, value] of Object.entries(json)) if (value === null) delete json[key]
}

/** Applies Go's rules to one Any and gives back its type URL, `undefined` for an empty one. */
function adaptAny(json: JsonObject): string | undefined {
  const typeUrl = json['@type']
  if (typeUrl === undefined) {
    // Without a type the value means nothing.
    for (const key of Object.keys(json)) delete json[key]
    return undefined
  }
  if (typeof typeUrl !== 'string') return undefined
  const type = typeUrl.slice(typeUrl.lastIndexOf('/') + 1)
  if (type === 'google.protobuf.Empty') checkEmpty(json)
  if (!valued.test(type)) return typeUrl
  if (!Object.hasOwn(json, 'value')) throw new Error(`missing "value" field in Any of ${type}`)
  const { value } = json
  if (value === null && wrapper.test(type)) throw new Error(`invalid value for ${type}: null`)
  switch (type) {
    case 'google.protobuf.Duration':
      adaptDuration(json, 'value')
      break
    case 'google.protobuf.DoubleValue':
    case 'google.protobuf.FloatValue':
    case 'google.protobuf.Int32Value':
    case 'google.protobuf.UInt32Value':
      checkNumber(value)
      break
    case 'google.protobuf.Int64Value':
    case 'google.protobuf.UInt64Value':
      checkNumber(value)
      if (typeof value === 'string' && /[.eE]/.test(value) && decimal.test(value)) json.value = Number(value)
      break
    case 'google.protobuf.Any':
      if (isObject(value)) adaptAny(value)
  }
  return typeUrl
}

/** An Empty needs no value, but what is there must be an object. */
function checkEmpty(json: JsonObject): void {
  if (json.value !== undefined && !isObject(json.value)) throw new Error('invalid value for google.protobuf.Empty')
  delete json.value
}

/** Checks a duration, and spells it as protobuf describes it. */
function adaptDuration(json: JsonObject, name: string): void {
  const value = json[name]
  if (typeof value !== 'string') return
  const [, sign, seconds = '', fraction = ''] = duration.exec(value) ?? []
  if (sign === undefined) throw new Error(`invalid google.protobuf.Duration value ${JSON.stringify(value)}`)
  json[name] = `${sign === '-' ? '-' : ''}${seconds || '0'}${fraction && `.${fraction}`}s`
}

/** A number may be written as a string, but only as JSON writes numbers. */
function checkNumber(value: JsonValue | undefined): void {
  if (typeof value !== 'string' || decimal.test(value) || /^(?:NaN|-?Infinity)$/.test(value)) return
  throw new Error(`invalid value for number field: ${JSON.stringify(value)}`)
}

function isObject(json: JsonValue | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

function objects(json: JsonValue | undefined): JsonObject[] {
  return Array.isArray(json) ? json.filter(isObject) : []
}
