/**
 * The worked examples of Dapr's echo component, sent to a running sidecar over HTTP and over gRPC. What goes in and
 * comes out is what daprd's own tests have.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventsOf, post, type RunningSidecar, startSidecar } from '@dapr-chat/sidecar/testing'
import { DaprClient, type Message, status } from './harness.ts'

let running: RunningSidecar
let grpc: DaprClient

before(async () => {
  running = await startSidecar()
  grpc = new DaprClient(running.grpc)
})

after(async () => {
  grpc[Symbol.dispose]()
  await running[Symbol.asyncDispose]()
})

interface Example {
  readonly version: 'alpha1' | 'alpha2'
  /** The request as HTTP takes it. */
  readonly request: unknown
  /** The answer as HTTP gives it. */
  readonly answer: unknown
  /** The request as the generated client takes it; absent where the body says the same in its spelling. */
  readonly message?: Message
  /** The answer as the generated client gives it. */
  readonly reply: Message
}

const usage = (words: number) => ({
  completionTokens: String(words),
  promptTokens: String(words),
  totalTokens: String(2 * words),
})
const usageReply = (words: number) => ({
  completion_tokens: String(words),
  prompt_tokens: String(words),
  total_tokens: String(2 * words),
})

/** An answer of text and calls in both spellings. */
function answered(content: string, words: number, calls: readonly [id: string, name: string, args: string][] = []) {
  const finish = calls.length > 0 ? 'tool_calls' : 'stop'
  const toolCalls = calls.map(([id, name, args]) => ({
    id,
    function: { name, ...(args !== '' && { arguments: args }) },
  }))
  const text = content === '' ? {} : { content }
  const message = { ...text, ...(calls.length > 0 && { toolCalls }) }
  const replied = { ...text, ...(calls.length > 0 && { tool_calls: toolCalls }) }
  return {
    answer: { outputs: [{ choices: [{ finishReason: finish, message }], usage: words === 0 ? {} : usage(words) }] },
    reply: {
      outputs: [
        { choices: [{ finish_reason: finish, message: replied }], usage: words === 0 ? {} : usageReply(words) },
      ],
    },
  }
}

const said = (...texts: readonly string[]) => ({ content: texts.map((text) => ({ text })) })
const input = (...messages: readonly unknown[]) => ({ inputs: [{ messages }] })

/** `ofUser` becomes `of_user`, all the way down: the generated client keeps the names of the files. */
function snake(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snake)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snake(member),
    ]),
  )
}

const struct = (names: readonly string[]) => ({
  fields: {
    properties: {
      structValue: { fields: Object.fromEntries(names.map((name) => [name, { structValue: { fields: {} } }])) },
    },
  },
})
const tool = (name: string, names?: readonly string[]) => ({
  function: {
    name,
    ...(names && { parameters: { properties: Object.fromEntries(names.map((property) => [property, {}])) } }),
  },
})
const toolMessage = (name: string, names?: readonly string[]) => ({
  function: { name, ...(names && { parameters: struct(names) }) },
})

const assistant = {
  name: 'assistant name',
  ...said('assistant message'),
  toolCalls: [{ id: 'call_123', function: { name: 'test_function', arguments: 'test-string' } }],
}
const history = { toolCalls: [{ id: 'c1', function: { name: 'f', arguments: '{}' } }] }
const long = input(
  { ofUser: said('first user message') },
  { ofAssistant: said('first assistant response') },
  { ofUser: said('second user message') },
  { ofSystem: said('system instruction') },
)
const everything = answered('well hello there\nYou are a helpful assistant', 8, [['0', 'test_function', 'param1']])

const examples: Readonly<Record<string, Example>> = {
  'E1 one text': {
    version: 'alpha1',
    request: { inputs: [{ content: 'well hello there' }] },
    answer: { outputs: [{ result: 'well hello there' }] },
    reply: { outputs: [{ result: 'well hello there' }] },
  },
  ...Object.fromEntries(
    ['user', 'system', 'developer'].map((role): [string, Example] => [
      `E3 a message of the ${role}`,
      {
        version: 'alpha2',
        request: input({
          [`of${role.charAt(0).toUpperCase()}${role.slice(1)}`]: { name: `${role} name`, ...said(`${role} message`) },
        }),
        ...answered(`${role} message`, 2),
      },
    ]),
  ),
  'E4 a message of the assistant, with a call': {
    version: 'alpha2',
    request: input({ ofAssistant: assistant }),
    ...answered('assistant message', 2, [['call_123', 'test_function', 'test-string']]),
  },
  'E5 a message of a tool': {
    version: 'alpha2',
    request: input({ ofTool: { toolId: 'tool-123', name: 'tool name', ...said('tool message') } }),
    ...answered("Tool Response for tool ID 'tool-123' with name 'tool name': tool message", 12),
  },
  'E6 every field': {
    version: 'alpha2',
    request: {
      contextId: 'test-conversation-123',
      inputs: [
        { messages: [{ ofUser: said('well hello there') }], scrubPII: true },
        { messages: [{ ofSystem: said('You are a helpful assistant') }], scrubPII: true },
      ],
      parameters: {
        max_tokens: { '@type': 'type.googleapis.com/google.protobuf.Int64Value', value: '100' },
        model: { '@type': 'type.googleapis.com/google.protobuf.StringValue', value: 'test-model' },
      },
      metadata: { api_key: 'test-key', version: '1.0' },
      scrubPii: true,
      temperature: 0.7,
      tools: [tool('test_function', ['param1'])],
      toolChoice: 'auto',
      responseFormat: { type: 'object', properties: { answer: { type: 'string' } } },
      promptCacheRetention: '86400s',
    },
    message: {
      context_id: 'test-conversation-123',
      inputs: [
        { messages: [{ of_user: said('well hello there') }], scrub_pii: true },
        { messages: [{ of_system: said('You are a helpful assistant') }], scrub_pii: true },
      ],
      parameters: {
        max_tokens: { type_url: 'type.googleapis.com/google.protobuf.Int64Value', value: Buffer.from([8, 100]) },
      },
      metadata: { api_key: 'test-key', version: '1.0' },
      scrub_pii: true,
      temperature: 0.7,
      tools: [toolMessage('test_function', ['param1'])],
      tool_choice: 'auto',
      response_format: struct(['answer']),
      prompt_cache_retention: { seconds: 86_400 },
    },
    answer: { contextId: 'test-conversation-123', ...everything.answer },
    reply: { context_id: 'test-conversation-123', ...everything.reply },
  },
  'E7 a long conversation': {
    version: 'alpha2',
    request: long,
    ...answered('first user message\nfirst assistant response\nsecond user message\nsystem instruction', 11),
  },
  'E8 a tool whose properties are sorted': {
    version: 'alpha2',
    request: { ...input({ ofUser: said('hello echo') }), tools: [tool('myfunc', ['unit', 'name', 'location'])] },
    message: {
      ...input({ of_user: said('hello echo') }),
      tools: [toolMessage('myfunc', ['unit', 'name', 'location'])],
    },
    ...answered('hello echo', 2, [['0', 'myfunc', 'location,name,unit']]),
  },
  "E8 a text and a tool's answer": {
    version: 'alpha2',
    request: input({ ofUser: said('hello echo') }, { ofTool: { toolId: 'myid', name: 'myfunc', ...said('Dapr') } }),
    ...answered("hello echo\nTool Response for tool ID 'myid' with name 'myfunc': Dapr", 12),
  },
  'E8 two parts and a message': {
    version: 'alpha2',
    request: input({ ofUser: said('first message', 'second message') }, { ofUser: said('third message') }),
    ...answered('first message\nsecond message\nthird message', 6),
  },
  'E8 an empty text': { version: 'alpha2', request: input({ ofUser: said('') }), ...answered('', 0) },
  'E9 an empty input': { version: 'alpha2', request: { inputs: [{}] }, ...answered('', 0) },
  'E10 two tools': {
    version: 'alpha2',
    request: { ...input({ ofUser: said('hi') }), tools: [tool('a'), tool('b', ['x'])] },
    message: { ...input({ of_user: said('hi') }), tools: [toolMessage('a'), toolMessage('b', ['x'])] },
    ...answered('hi', 1, [
      ['0', 'a', ''],
      ['1', 'b', 'x'],
    ]),
  },
  'E11 tools before the calls of the history': {
    version: 'alpha2',
    request: { ...input({ ofAssistant: history }), tools: [tool('t', ['p'])] },
    message: { ...(snake(input({ ofAssistant: history })) as Message), tools: [toolMessage('t', ['p'])] },
    ...answered('', 0, [
      ['0', 't', 'p'],
      ['c1', 'f', '{}'],
    ]),
  },
  'E12 a context id': {
    version: 'alpha1',
    request: { inputs: [{ content: 'a' }, { content: 'b' }], contextID: 'x' },
    message: { inputs: [{ content: 'a' }, { content: 'b' }], contextID: 'x' },
    answer: { contextID: 'x', outputs: [{ result: 'a\nb' }] },
    reply: { contextID: 'x', outputs: [{ result: 'a\nb' }] },
  },
}

for (const [name, { version, request, answer, message, reply }] of Object.entries(examples)) {
  test(`${name}, over HTTP`, async () => {
    const {
      status: code,
      headers,
      text,
    } = await post(running.http, `/v1.0-${version}/conversation/echo/converse`, request)
    assert.equal(code, 200, text)
    assert.equal(headers['content-type'], 'application/json')
    assert.deepEqual(JSON.parse(text), answer)
  })

  test(`${name}, over gRPC`, async () => {
    const method = version === 'alpha1' ? 'ConverseAlpha1' : 'ConverseAlpha2'
    const given = message ?? (snake(request) as Message)
    assert.deepEqual(plain(await grpc.unary(method, { name: 'echo', ...given })), reply)
  })
}

/** The generated client marks each oneof with the member that is set, and gives lists that are empty. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const hidden = (name: string) => /^(_.*|tool_types)$/.test(name)
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !hidden(name))
      .map(([name, member]) => [name, plain(member)]),
  )
}

interface Refusal {
  readonly version: 'alpha1' | 'alpha2'
  readonly request: unknown
  readonly errorCode: string
  readonly reason: string
}

const refusals: Readonly<Record<string, Refusal>> = {
  'E2 no inputs': {
    version: 'alpha1',
    request: { metadata: { model: 'daprGPT' } },
    errorCode: 'ERR_CONVERSATION_MISSING_INPUTS',
    reason: 'missing inputs in request',
  },
  'E13 a call without a function': {
    version: 'alpha2',
    request: input({ ofAssistant: { toolCalls: [{ id: 'call_123' }] } }),
    errorCode: 'ERR_CONVERSATION_INVALID_PARMS',
    reason: 'invalid params: tool types cannot be nil',
  },
  'E14 a message of no type': {
    version: 'alpha2',
    request: input({ invalidField: { name: 'x' } }),
    errorCode: 'ERR_CONVERSATION_INVALID_PARMS',
    reason: 'invalid params: message type cannot be nil',
  },
}

for (const [name, { version, request, errorCode, reason }] of Object.entries(refusals)) {
  const message = `failed conversing with component echo: ${reason}`

  test(`${name}, over HTTP`, async () => {
    const answer = await post(running.http, `/v1.0-${version}/conversation/echo/converse`, request)
    assert.equal(answer.status, 400)
    assert.deepEqual(JSON.parse(answer.text), { errorCode, message })
  })

  test(`${name}, over gRPC`, async () => {
    const method = version === 'alpha1' ? 'ConverseAlpha1' : 'ConverseAlpha2'
    await assert.rejects(grpc.unary(method, { name: 'echo', ...(snake(request) as Message) }), status(3, message))
  })
}

test("echo refuses a tool whose properties are no object, in daprd's words", async () => {
  const tools = [{ function: { name: 'f', parameters: { properties: 'x' } } }]
  const answer = await post(running.http, '/v1.0-alpha2/conversation/echo/converse', {
    ...input({ ofUser: said('hi') }),
    tools,
  })
  assert.equal(answer.status, 500)
  assert.deepEqual(JSON.parse(answer.text), {
    errorCode: 'ERR_CONVERSATION_INVOKE',
    message: 'failed conversing with component echo: tool function properties must be a map[string]any, got string',
  })
})

test('echo streams over alpha1 too: a chunk for each word, then exactly one complete', async () => {
  const path = '/v1.0-alpha1/conversation/echo/converse'
  const body = { inputs: [{ content: 'well hello there' }], contextID: 'x' }
  const answer = await post(running.http, path, body, { accept: 'text/event-stream' })
  assert.equal(answer.status, 200)
  const data = eventsOf(answer.text).map((event) => event.data)
  assert.equal(data.pop(), '[DONE]')
  const { complete } = JSON.parse(data.pop() ?? '')
  assert.deepEqual([complete.contextID, complete.outputs[0].result], ['x', 'well hello there'])
  assert.deepEqual(
    data.map((each) => JSON.parse(each).chunk.parts[0].text.text),
    ['well', ' hello', ' there'],
  )
})
