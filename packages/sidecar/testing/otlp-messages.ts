/** Reads OTLP's protobuf messages into the shape that its JSON has: as much of them as tests look at. */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'

type Read = (reader: BinaryReader) => unknown

/** A field: its name in JSON, how its value is read, and whether there may be many. */
interface Field {
  readonly name: string
  readonly read: Read
  readonly many?: boolean
}

type Message = Readonly<Record<number, Field>>

const text: Read = (reader) => reader.string()
const hex: Read = (reader) => Buffer.from(reader.bytes()).toString('hex')
const number: Read = (reader) => reader.int32()
const double: Read = (reader) => reader.double()
const nanos: Read = (reader) => String(reader.fixed64())

const one = (name: string, read: Read): Field => ({ name, read })
const each = (name: string, message: Message): Field => ({ name, read: embedded(message), many: true })

function embedded(message: Message): Read {
  return (reader) => decode(message, reader.bytes())
}

const value: Record<number, Field> = {
  1: one('stringValue', text),
  2: one('boolValue', (reader) => reader.bool()),
  3: one('intValue', (reader) => Number(reader.int64())),
  4: one('doubleValue', double),
}
value[5] = one('arrayValue', embedded({ 1: each('values', value) }))

const attributes = each('attributes', { 1: one('key', text), 2: one('value', embedded(value)) })
const resource = one('resource', embedded({ 1: attributes }))

const span: Message = {
  1: one('traceId', hex),
  2: one('spanId', hex),
  4: one('parentSpanId', hex),
  5: one('name', text),
  6: one('kind', number),
  7: one('startTimeUnixNano', nanos),
  8: one('endTimeUnixNano', nanos),
  9: attributes,
  11: each('events', { 2: one('name', text), 3: attributes }),
  15: one('status', embedded({ 2: one('message', text), 3: one('code', number) })),
}

const numberPoint: Message = {
  4: one('asDouble', double),
  6: one('asInt', (reader) => String(reader.sfixed64())),
  7: attributes,
}
const histogramPoint: Message = {
  4: one('count', nanos),
  5: one('sum', double),
  7: one('explicitBounds', (reader) => {
    const packed = new BinaryReader(reader.bytes())
    return Array.from({ length: packed.len / 8 }, () => packed.double())
  }),
  9: attributes,
}

const metric: Message = {
  1: one('name', text),
  3: one('unit', text),
  7: one('sum', embedded({ 1: each('dataPoints', numberPoint) })),
  9: one('histogram', embedded({ 1: each('dataPoints', histogramPoint) })),
}

/** The two requests. */
export const otlpRequests = {
  traces: { 1: each('resourceSpans', { 1: resource, 2: each('scopeSpans', { 2: each('spans', span) }) }) },
  metrics: { 1: each('resourceMetrics', { 1: resource, 2: each('scopeMetrics', { 2: each('metrics', metric) }) }) },
} as const satisfies Record<string, Message>

/** Reads a message; fields that the description does not have are passed over. */
export function decode(message: Message, bytes: Uint8Array): unknown {
  const reader = new BinaryReader(bytes)
  const decoded: Record<string, unknown> = {}
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag()
    const field = message[number]
    if (!field || type === WireType.EndGroup) {
      reader.skip(type, number)
    } else if (field.many) {
      const list = decoded[field.name]
      decoded[field.name] = [...(Array.isArray(list) ? list : []), field.read(reader)]
    } else {
      decoded[field.name] = field.read(reader)
    }
  }
  return decoded
}
