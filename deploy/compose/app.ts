/**
 * The app of the Compose file: it streams what the component `echo` answers, token by token, as plain text.
 * The client finds the sidecar and its token in the environment: `DAPR_HTTP_ENDPOINT` and `DAPR_API_TOKEN`.
 */
import { createServer, type ServerResponse } from 'node:http'
import { DaprChatClient } from '@dapr-chat/client'

const llm = new DaprChatClient({ component: 'echo' })

async function answer(question: string, response: ServerResponse): Promise<void> {
  const left = new AbortController()
  response.once('close', () => left.abort())
  try {
    for await (const text of llm.generateStream(question, { signal: left.signal }).textStream) {
      if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' })
      response.write(text)
    }
    response.end('\n')
  } catch (error) {
    // What has begun is cut off, so that nobody takes it for a whole answer.
    if (response.headersSent) response.destroy()
    else response.writeHead(502).end(`${error instanceof Error ? error.message : error}\n`)
  }
}

const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? '/', 'http://app')
  void answer(searchParams.get('question') ?? 'Hello', response)
})
server.listen(Number(process.env.PORT ?? 8080), () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') {
    process.stdout.write(`the app listens on http://127.0.0.1:${address.port}\n`)
  }
})
process.once('SIGTERM', () => server.close())
