/** The routes of the page itself: the document at `/console`, and its files below. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { sendText } from '../reply.ts'
import { type BuiltPage, type Encoding, encodings, type PageFile } from './built-page.ts'

/** What a name looks like that changes with the file: `app-4XKQ2BZA.js`. */
const HASHED = /-[A-Z0-9]{8}\.\w+$/

const YEAR = 'public, max-age=31536000, immutable'

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>dapr-chat console</title>
<h1>The console is not built</h1>
<p>The sidecar runs, and its APIs answer. Only the files of this page are missing.</p>
<p>In a clone of the repository, build them and load this page again:</p>
<pre>npm run build:console</pre>
</html>
`

/** Adds the routes. */
export function registerPage(app: FastifyInstance, page: BuiltPage): void {
  app.get('/console', async (request, reply) => {
    const file = await page.find('index.html')
    if (file) return sendFile(request, reply, file)
    return reply.code(503).header('content-type', 'text/html; charset=utf-8').send(NOT_BUILT)
  })
  app.get<{ Params: { '*': string } }>('/console/*', async (request, reply) => {
    const { '*': name } = request.params
    const file = await page.find(name)
    if (!file) return sendText(reply, 404, 'no such file')
    reply.header('cache-control', HASHED.test(name) ? YEAR : 'no-cache')
    return sendFile(request, reply, file)
  })
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: PageFile): FastifyReply {
  const encoding = encodingFor(request.headers['accept-encoding'], file)
  const etag = `"${file.digest}${encoding ? `-${encoding}` : ''}"`
  reply.headers({ 'content-type': file.type, etag, vary: 'Accept-Encoding' })
  if (namesTag(request.headers['if-none-match'], etag)) return reply.code(304).send()
  if (encoding) reply.header('content-encoding', encoding)
  return reply.send(encoding ? file.encoded[encoding] : file.body)
}

/** The first encoding that the browser takes and the file has. */
function encodingFor(accepted: string | undefined, { encoded }: PageFile): Encoding | undefined {
  const taken = (accepted ?? '').toLowerCase().split(',')
  return encodings.find(
    (encoding) =>
      encoded[encoding] !== undefined &&
      taken.some((each) => {
        const [name = '', weight = 'q=1'] = each.split(';').map((part) => part.trim())
        return name === encoding && Number(weight.slice(2)) > 0
      }),
  )
}

/** A proxy that changes the encoding makes a strong tag a weak one. */
function namesTag(given: string | undefined, etag: string): boolean {
  return (given ?? '').split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
}
