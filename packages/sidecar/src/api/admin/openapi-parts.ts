/** The pieces that the description of the HTTP API is made of. */
import type { Schema } from './proto-schema.ts'

/** One path: its operations by their methods. */
export type PathItem = Readonly<
  Record<string, { readonly responses: Readonly<Record<string, object>> } & Readonly<Record<string, unknown>>>
>

export const object = { type: 'object' }

/** A body of JSON. */
export const json = (schema: Schema) => ({ 'application/json': { schema } })

/** An event stream, each of whose events has this as its data. */
export const stream = (schema: Schema) => ({
  'text/event-stream': { schema: { type: 'string', contentSchema: schema } },
})

/** A schema that the document has under a name. */
export const named = (name: string) => ({ $ref: `#/components/schemas/${name}` })

/** An answer that is an error's body. */
export const failure = (description: string, name: string) => ({ description, content: json(named(name)) })

/** An answer of which the status says everything. */
export const plain = (description: string) => ({ description })

/** An answer that is a line of text. */
export const line = (description: string) => ({
  description,
  content: { 'text/plain': { schema: { type: 'string' } } },
})
