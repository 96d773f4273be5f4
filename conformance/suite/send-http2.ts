/** One request over HTTP/2 without TLS and without asking first, as clients send it that know what the server speaks. */
import { connect, type IncomingHttpHeaders } from 'node:http2'

/** An answer, read to its end. */
export interface Http2Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** Sends the request; rejects where the server does not speak HTTP/2. */
export async function sendHttp2(
  base: string,
  path: string,
  { method, headers, body }: { method: string; headers: Readonly<Record<string, string>>; body?: string | Uint8Array },
): Promise<Http2Answer> {
  const session = connect(base)
  try {
    return await new Promise((resolve, reject) => {
      session.once('error', reject)
      const request = session.request({ ':path': path, ':method': method, ...headers })
      let status = 0
      let received: IncomingHttpHeaders = {}
      let text = ''
      request.once('error', reject)
      request.once('response', (response) => {
        status = response[':status'] ?? 0
        received = response
      })
      request.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      request.once('end', () => resolve({ status, headers: received, text }))
      request.end(body)
    })
  } finally {
    session.destroy()
  }
}
