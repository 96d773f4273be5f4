/** Reads JSON from the sidecar that served this page. Everything that fails is an `ApiError` with a message to show. */

/** The sidecar refused, or could not be reached. */
export class ApiError extends Error {
  /** The HTTP status; 0 where no answer came. */
  readonly status: number
  /** `error.code` of an OpenAI body; `null` where it has none. */
  readonly code: string | null

  constructor(status: number, message: string, options: ErrorOptions & { readonly code?: string | null } = {}) {
    super(message, options)
    this.name = 'ApiError'
    this.status = status
    this.code = options.code ?? null
  }
}

/** What goes with a request. */
export interface ApiRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal | undefined
}

/**
 * Sends a request and hands out an answer of success.
 * @throws ApiError where there is none; the abort of `signal` is thrown as it is.
 */
export async function send(path: string, { signal, ...request }: ApiRequest = {}): Promise<Response> {
  const response = await fetch(path, { credentials: 'same-origin', ...request, ...(signal && { signal }) }).catch(
    (cause: unknown) => {
      if (signal?.aborted) throw cause
      throw new ApiError(0, 'The sidecar does not answer. The page goes on when it is back.', { cause })
    },
  )
  if (response.ok) return response
  const { message, code } = readFailure(await response.text())
  throw new ApiError(response.status, message || `The sidecar answered with status ${response.status}.`, { code })
}

/** Reads JSON that the sidecar and this page agree on. */
export async function getJson<T>(path: string, request?: ApiRequest): Promise<T> {
  return (await send(path, request)).json() as Promise<T>
}

/** Dapr's routes answer with a message, OpenAI's with an error that has one, the guard with plain text. */
function readFailure(text: string): { message: string; code: string | null } {
  try {
    const body = JSON.parse(text) as { message?: unknown; error?: { message?: unknown; code?: unknown } }
    const message = body.message ?? body.error?.message
    const code = body.error?.code
    return { message: typeof message === 'string' ? message : '', code: typeof code === 'string' ? code : null }
  } catch {
    return { message: text.length < 500 && !text.startsWith('<') ? text : '', code: null }
  }
}
