/** A sidecar with an OpenAI component whose provider follows a script, for the tests of `ask` and `chat`. */
import { chunk, done, finish, scriptedProvider, textAnswer, toolDelta, usage } from '@dapr-chat/sidecar/testing'
import { echoYaml, folder, startSidecar } from './command.ts'

/** What the tests look at in a request. */
export interface AskedBody {
  readonly model: string
  readonly messages: readonly { readonly role: string; readonly content: unknown }[]
  readonly temperature?: number
  readonly top_p?: number
}

/**
 * Answers `call NAME ARGUMENTS` with a call of a tool, the result of a tool with its words, `filter` with an answer that
 * was cut, `stall` never, `fail` with 503 and everything else with `You said` and the words.
 */
export async function startScripted() {
  await using started = new AsyncDisposableStack()
  const provider = await scriptedProvider(({ body }) => {
    const last = (body as AskedBody).messages.at(-1)
    if (last?.role === 'tool') return { body: textAnswer('It says: ', String(last.content)) }
    const text = typeof last?.content === 'string' ? last.content : JSON.stringify(last?.content)
    const [, name, args] = /^call (\w+) (.*)$/.exec(text) ?? []
    if (name !== undefined) {
      const call = toolDelta({ index: 0, id: 'call_1', name, arguments: args })
      return { body: [chunk({ content: 'Let me see.' }), call, finish('tool_calls'), usage(5, 5), done] }
    }
    if (text === 'filter') return { body: [chunk({ content: 'I will' }), finish('content_filter'), usage(1, 2), done] }
    if (text === 'stall') return new Promise(() => {})
    if (text === 'fail') return { status: 503, body: '{"error":{"message":"down"}}' }
    return { body: textAnswer('You said ', text) }
  })
  started.use(provider)
  const openai = echoYaml('gpt').replace('conversation.echo', 'conversation.openai')
  const metadata = `[{ name: key, value: sk-1 }, { name: model, value: m1 }, { name: endpoint, value: "${provider.url}" }]`
  const place = await folder({
    'c/gpt.yaml': `${openai}  metadata: ${metadata}\n`,
    'c/echo.yaml': echoYaml('echo'),
    'c/resiliency.yaml': resiliency,
    'tools.ts': moduleOfTools,
    'tools.json': JSON.stringify([declaredTool]),
    'picture.png': Buffer.from('89504e470d0a1a0a', 'hex'),
  })
  started.use(place)
  const sidecar = await startSidecar(['--resources-path', `${place.path}/c`])
  started.use(sidecar)
  // What was started is stopped by whoever takes it, or here where something of it did not start.
  const running = started.move()
  return {
    provider,
    path: place.path,
    env: { DAPR_HTTP_ENDPOINT: sidecar.addresses.http, XDG_STATE_HOME: `${place.path}/state` },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** Opens after the first failure. */
const resiliency = `apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata: { name: careful }
spec:
  policies:
    retries: { never: { policy: constant, maxRetries: 0 } }
    circuitBreakers: { quick: { maxRequests: 1, timeout: 60s, trip: consecutiveFailures > 0 } }
  targets:
    components: { gpt: { outbound: { retry: never, circuitBreaker: quick } } }
`

/** One that just runs, and one that needs approval. It imports nothing, as a user's first one would. */
const moduleOfTools = `
export const weather = {
  name: 'weather',
  description: 'The weather of a city',
  input: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  execute: ({ city }: { city: string }) => \`sunny in \${city}\`,
}
export default [{
  name: 'remove',
  description: 'Removes a file',
  input: { type: 'object' },
  needsApproval: true,
  execute: () => 'removed',
}]
`

const declaredTool = {
  type: 'function',
  function: {
    name: 'upper',
    description: 'Makes a text upper case',
    parameters: { type: 'object', properties: { text: { type: 'string' } } },
  },
  command: [
    process.execPath,
    '-e',
    'process.stdin.once("data", (data) => console.log(JSON.parse(data).text.toUpperCase()))',
  ],
  approval: false,
}
