/** A JSON value, as `JSON.parse` returns it. Tool schemas, provider parameters and Struct fields are made of these. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject

/** A JSON object. */
export type JsonObject = { readonly [key: string]: JsonValue }
