/**
 * What a case of the suite is: something sent to a sidecar and the answer that must come back, as data. The lists in `cases/`
 * are made of these; `ask.ts` sends them and `normal-form.ts` makes answers comparable.
 */

/** A value of JSON. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

/** An object of JSON. */
export interface JsonObject {
  readonly [name: string]: Json
}

/** Something sent to the HTTP port. */
export interface HttpRequest {
  /** As it goes out, unescaped and uncleaned. */
  readonly path: string
  /** POST where there is a body, GET where there is none. */
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent over HTTP/2 without TLS. */
  readonly http2?: true
  /** Sent as JSON. */
  readonly json?: Json
  /** Sent as it is, in place of `json`. */
  readonly body?: string | Uint8Array
}

/** The methods of Dapr's service that cases call. */
export type Method =
  | 'ConverseAlpha1'
  | 'ConverseAlpha2'
  | 'ConverseStreamAlpha1'
  | 'GetMetadata'
  | 'SetMetadata'
  | 'Shutdown'

/** Something sent to the gRPC port. */
export interface GrpcRequest {
  readonly method: Method
  /** The message as its JSON. */
  readonly message?: JsonObject
  /** The message as its bytes, in place of `message`. */
  readonly bytes?: Uint8Array
  readonly metadata?: Readonly<Record<string, string | Buffer>>
}

/** A method outside of those, called with an empty message. */
export interface PathRequest {
  readonly grpcPath: string
}

/** A question to the server's reflection: which services there are, and whether Dapr's can be called as it is described. */
export interface ReflectionRequest {
  readonly reflection: 'v1' | 'v1alpha'
}

/** What a case sends; the token of the run goes with it, unless `anonymous`. */
export type CaseRequest = { readonly anonymous?: true } & (
  | { readonly http: HttpRequest }
  | { readonly grpc: GrpcRequest }
  | PathRequest
  | ReflectionRequest
)

/** What came back over HTTP. A body that says it is JSON is read. */
export interface HttpAnswer {
  readonly status: number
  readonly contentType?: string
  readonly body: Json
  /** The headers that the case looks at. */
  readonly headers?: Readonly<Record<string, string>>
}

/** What came back over gRPC. */
export interface GrpcAnswer {
  readonly code: number
  /** The text of the status, where it is not OK. */
  readonly message?: string
  /** The messages as their JSON; one, where the method does not stream. */
  readonly reply?: Json
  /** The metadata that the case looks at; of the details of a status, their types. */
  readonly headers?: Readonly<Record<string, string>>
}

/** What reflection said. */
export interface ReflectionAnswer {
  readonly services: readonly string[]
  /** What echo said to a client made from the description. */
  readonly content: string
}

/** Any answer, or why none came. */
export type Answer = HttpAnswer | GrpcAnswer | ReflectionAnswer | { readonly failure: string }

/** One case. */
export interface Case {
  /** Unique in the suite. */
  readonly name: string
  /** What is sent first; the answers do not matter. */
  readonly before?: readonly CaseRequest[]
  readonly request: CaseRequest
  /** The answer in its normal form. */
  readonly answer: Answer
  /** Places in the answer, as dotted paths, whose value differs from sidecar to sidecar; `…` stands there in `answer`. */
  readonly volatile?: readonly string[]
  /** The places in the answer that count, as dotted paths; the whole answer when absent. */
  readonly only?: readonly string[]
  /** Places whose text counts only as far as the expression matches, as dotted paths. */
  readonly cut?: Readonly<Record<string, RegExp>>
  /** Headers or metadata to look at. */
  readonly headers?: readonly string[]
}

/** Cases about one thing. */
export interface CaseGroup {
  readonly title: string
  readonly cases: readonly Case[]
  /** What the run must have for these: a token that the sidecar asks for, or leave to shut it down. */
  readonly needs?: 'token' | 'shutdown'
}
