/** Where servers write the name that they gave a request: read from failures by both wires, and passed on. */

/** The header in which ours is written; OpenAI's own, and the most common one. */
export const REQUEST_ID_HEADER = 'x-request-id'

/** Of OpenAI and many others, Anthropic, Azure and AWS. */
const names = [REQUEST_ID_HEADER, 'request-id', 'apim-request-id', 'x-amzn-requestid']

/** Printable characters of ASCII only: it goes on into headers and logs. */
const plain = /^[\x21-\x7e]{1,200}$/

/** The request's name, as details of an error; empty where no header has a usable one. */
export function requestIdIn(header: (name: string) => string | undefined): { readonly requestId?: string } {
  const requestId = names.map(header).find((value) => value !== undefined && plain.test(value))
  return requestId === undefined ? {} : { requestId }
}
