import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ClientOptions, DaprChatClient, type GenerateOptions, InvalidRequestError } from './index.ts'
import { mergeOptions } from './options.ts'

const invalid = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof InvalidRequestError)
  assert.match(error.message, pattern)
  return true
}

const clientRows: readonly [name: string, options: object, message: RegExp][] = [
  ['a key that does not exist', { llm_component: 'echo' }, /"llm_component".*the options are component, endpoint/],
  ['an endpoint for what is none', { endpoint: { ftp: 'x' } }, /"ftp"/],
  ['an endpoint that is no address', { endpoint: { http: 'http://:x' } }, /HTTP endpoint.*http:\/\/:x/],
  ['a timeout of nothing', { timeoutMs: 0 }, /"timeoutMs".*current value is 0/],
  ['a default that does not exist', { defaults: { temprature: 1 } }, /"temprature"/],
  ['no source at all', { streamSources: [] }, /"streamSources"/],
  [
    'a source of an unknown kind',
    { streamSources: [{ kind: 'magic' }] },
    /native, invoke, direct or simulated: current value is magic/,
  ],
  ['a source without an address', { streamSources: [{ kind: 'direct', baseURL: 'x', model: 'm' }] }, /baseURL/],
  ['a source with a key too many', { streamSources: [{ kind: 'native', model: 'm' }] }, /"model".*kind "native"/],
  ['an application without an id', { streamSources: [{ kind: 'invoke', appId: 'a/b' }] }, /appId.*a\/b/],
  ['pieces of an unknown kind', { streamSources: [{ kind: 'simulated', chunk: 'line' }] }, /word, grapheme or whole/],
  ['a source after the simulated one', { streamSources: [{ kind: 'simulated' }, { kind: 'native' }] }, /the last one/],
  ['half a retry', { retry: { maxRetries: 0.5 } }, /"retry": maxRetries .* whole number from 0: current value is 0\.5/],
  ['a wait of less than nothing', { retry: { minDelayMs: -1 } }, /minDelayMs .*-1/],
  ['a policy with a key that does not exist', { retry: { retries: 1 } }, /"retries": retry has no such option/],
  ['middleware that is no function', { middleware: ['x'] }, /"middleware".*functions/],
  ['a token beside a transport', { transport: {}, apiToken: 'x' }, /"apiToken" beside "transport"/],
]

for (const [name, options, message] of clientRows) {
  test(`new DaprChatClient refuses ${name}`, () => {
    assert.throws(() => new DaprChatClient(options as ClientOptions), invalid(message))
  })
}

const callRows: readonly [name: string, options: object, message: RegExp][] = [
  ['a key that does not exist', { contextID: 'x' }, /"contextID".*contextId/],
  ['stream', { stream: true }, /generateStream/],
  ['a temperature that is no number', { temperature: Number.NaN }, /"temperature"/],
  ['half a token', { maxTokens: 0.5 }, /"maxTokens".*0\.5/],
  ['an unknown way of streaming', { streaming: 'yes' }, /"streaming".*auto, require or off/],
  ['an unknown way with what is unsupported', { onUnsupported: 'drop' }, /"onUnsupported".*throw or warn/],
  ['a header with a line break', { headers: { a: 'b\nc' } }, /"headers"/],
  ['a response format that does not exist', { responseFormat: { type: 'xml' } }, /responseFormat.*xml/],
  ['a tool name that providers refuse', { tools: [{ name: 'get weather' }] }, /"get weather"/],
  ['two tools of one name', { tools: [{ name: 'f' }, { name: 'f' }] }, /two of them have the name "f"/],
  [
    'a tool choice of no tool',
    { tools: [{ name: 'f' }], toolChoice: { tool: 'g' } },
    /\(f\): current value is \{"tool":"g"\}/,
  ],
  ['a tool that is required of none', { toolChoice: 'required' }, /at least one tool/],
  ['tools that are no list', { tools: {} }, /"tools".*list/],
  ['no step', { maxSteps: 0 }, /"maxSteps".*current value is 0/],
  ['an unknown way of running tools', { toolExecution: 'fast' }, /"toolExecution".*"fast"/],
  ['half a tool at once', { toolExecution: { concurrency: 0.5 } }, /"toolExecution".*0\.5/],
  ['an unknown way with failures', { onToolError: 'ignore' }, /"onToolError".*message or throw/],
  ['an approval that is no function', { approve: true }, /"approve".*function/],
  ['a shape that is none', { output: {} }, /"output".*object, array, choice or json/],
]

for (const [name, options, message] of callRows) {
  test(`generate and generateStream refuse ${name} before anything is sent`, async () => {
    const client = new DaprChatClient({ component: 'echo', endpoint: { http: 'http://127.0.0.1:1' } })
    assert.throws(() => client.generateStream('hi', options as GenerateOptions), invalid(message))
    await assert.rejects(client.generate('hi', options as GenerateOptions), invalid(message))
  })
}

test('options of a call win over defaults, and undefined is no option', () => {
  const options = { temperature: undefined, contextId: 'b' } as unknown as GenerateOptions
  assert.deepEqual(mergeOptions({ temperature: 0.5, contextId: 'a' }, options), { temperature: 0.5, contextId: 'b' })
})
