/**
 * The shape that `flatten.ts` writes: a schema in which every level has exactly one type. Here is how two such shapes are
 * joined, when both must hold (`allOf`) and when either may (`anyOf`, `oneOf`).
 */
import type { JsonValue } from '@dapr-chat/protocol'

/** One level of a flat schema. The type is missing while it is being read. */
export interface Flat {
  readonly type: string | undefined
  /** Whether `null` is allowed too. */
  readonly nullable: boolean
  readonly enum: readonly JsonValue[] | undefined
  readonly properties: Readonly<Record<string, Flat>>
  readonly required: readonly string[]
  readonly additional: boolean | Flat | undefined
  readonly items: Flat | undefined
  /** Descriptions and limits, as they were written. */
  readonly rest: Readonly<Record<string, JsonValue>>
}

/** What both allow. Where they contradict each other, the first one holds. */
export function both(a: Flat, b: Flat): Flat {
  const common = a.enum && b.enum && a.enum.filter((value) => b.enum?.includes(value))
  return {
    type: a.type ?? b.type,
    nullable: a.nullable || b.nullable,
    enum: common ?? a.enum ?? b.enum,
    properties: join(a.properties, b.properties, both),
    required: [...new Set([...a.required, ...b.required])],
    additional: a.additional ?? b.additional,
    items: a.items && b.items ? both(a.items, b.items) : (a.items ?? b.items),
    rest: { ...b.rest, ...a.rest },
  }
}

/** What at least one of two shapes of the same type allows, and for objects a little more. */
export function either(a: Flat, b: Flat): Flat {
  return {
    type: a.type === b.type ? a.type : 'number',
    nullable: a.nullable || b.nullable,
    enum: a.enum && b.enum && [...new Set([...a.enum, ...b.enum])],
    properties: join(a.properties, b.properties, (one, other) => alternatives([one, other])),
    required: a.required.filter((name) => b.required.includes(name)),
    additional: a.additional === false && b.additional === false ? false : undefined,
    items: a.items && b.items && alternatives([a.items, b.items]),
    rest: { ...common(a.rest, b.rest), ...descriptions(a.rest.description, b.rest.description) },
  }
}

/**
 * One shape for several, each with its type: of those that are not `null`, the ones that have the type of the first.
 * What has two types cannot have one; the model is then asked for the first, which is right too.
 */
export function alternatives(shapes: readonly Flat[]): Flat {
  const [first, ...others] = shapes.filter(({ type }) => type !== 'null')
  const nullable = shapes.some((shape) => shape.nullable || shape.type === 'null')
  if (!first) return { ...empty, type: 'null' }
  const alike = others.filter(({ type }) => kind(type) === kind(first.type))
  return { ...alike.reduce(either, first), nullable }
}

/** A shape that says nothing. */
export const empty: Flat = {
  type: undefined,
  nullable: false,
  enum: undefined,
  properties: {},
  required: [],
  additional: undefined,
  items: undefined,
  rest: {},
}

/** A whole number is a number. */
function kind(type: string | undefined): string | undefined {
  return type === 'integer' ? 'number' : type
}

function join(
  a: Readonly<Record<string, Flat>>,
  b: Readonly<Record<string, Flat>>,
  combine: (a: Flat, b: Flat) => Flat,
): Record<string, Flat> {
  const joined = new Map(Object.entries(a))
  for (const [name, shape] of Object.entries(b)) {
    const known = joined.get(name)
    joined.set(name, known ? combine(known, shape) : shape)
  }
  return Object.fromEntries(joined)
}

function common(a: Flat['rest'], b: Flat['rest']): Record<string, JsonValue> {
  return Object.fromEntries(
    Object.entries(a).filter(([keyword, value]) => JSON.stringify(value) === JSON.stringify(b[keyword])),
  )
}

/** Each alternative's words, because the model has to choose among them. */
function descriptions(a: JsonValue | undefined, b: JsonValue | undefined): { description?: string } {
  if (typeof a !== 'string' || typeof b !== 'string' || a === b) return {}
  return { description: `${a}; or: ${b}` }
}
