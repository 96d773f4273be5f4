import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConversationChoice, ConversationRequest, JsonObject } from '@dapr-chat/protocol'
import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { StructuredOutputError } from '../errors.ts'
import { jsonSchema } from '../schema/input-schema.ts'
import type { OutputSpec } from './output-spec.ts'
import { array, choice, json, object } from './shapes.ts'
import { structuredOutputError } from './structured-output-error.ts'

const Dog = z.object({ name: z.string(), nick: z.string().nullable() })
const question: ConversationRequest = {
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Describe a dog' }] }],
}
const dogOnTheWire = {
  type: 'object',
  properties: { name: { type: 'string' }, nick: { type: 'string' } },
  required: ['name'],
}

function answer(text: string, rest: Partial<ConversationChoice> = {}): ConversationChoice {
  return { index: 0, text, reasoning: '', refusal: '', toolCalls: [], finishReason: 'stop', ...rest }
}

function called(name: string, args: string): Partial<ConversationChoice> {
  return { toolCalls: [{ id: 'c1', name, arguments: args }], finishReason: 'tool_calls' }
}

test('mode schema puts the flat schema into the response format', () => {
  assert.deepEqual(object(Dog, { name: 'Dog', description: 'A dog', strict: false }).ask(question), {
    ...question,
    responseFormat: { type: 'json_schema', name: 'Dog', description: 'A dog', strict: false, schema: dogOnTheWire },
  })
})

test('mode tool forces one tool whose arguments are the value', async () => {
  const spec = object(Dog, { mode: 'tool', name: 'Dog' })
  assert.equal(spec.answerTool, 'Dog')
  assert.deepEqual(spec.ask(question), {
    ...question,
    tools: [{ name: 'Dog', description: 'Gives the answer.', parameters: dogOnTheWire }],
    toolChoice: { name: 'Dog' },
  })
  assert.deepEqual(await spec.read(answer('', called('Dog', '{"name":"Rex"}'))), { value: { name: 'Rex', nick: null } })
  assert.deepEqual(spec.partial(answer('', called('Dog', '{"name":"R'))), { name: 'R' })
})

test('mode prompt says the shape in words, after the instructions that there are', () => {
  const spec = object(Dog, { mode: 'prompt' })
  const system = { role: 'system' as const, content: [{ type: 'text' as const, text: 'Be brief.' }] }
  const asked = spec.ask({ messages: [system, ...question.messages] })
  assert.equal(asked.messages.length, 2)
  assert.match(
    JSON.stringify(asked.messages[0]),
    /Be brief\.\\n\\nAnswer only with JSON that fits the JSON Schema below, .*nick/,
  )
  assert.equal(asked.responseFormat, undefined)
})

test('mode prompt puts an instruction in front where there is none, and scrubs the same messages as before', () => {
  const asked = object(Dog, { mode: 'prompt' }).ask({ ...question, scrub: { messages: [0], output: false } })
  assert.deepEqual(
    asked.messages.map(({ role }) => role),
    ['system', 'user'],
  )
  assert.deepEqual(asked.scrub, { messages: [1], output: false })
})

test('mode prompt can show a schema that contains itself, which the others refuse', () => {
  const Tree = z.object({
    name: z.string(),
    get children() {
      return z.array(Tree)
    },
  })
  assert.throws(() => object(Tree), { code: 'invalid_request', message: /must not contain itself/ })
  assert.match(JSON.stringify(object(Tree, { mode: 'prompt' }).ask(question)), /\$ref/)
  assert.match(JSON.stringify(array(Tree, { mode: 'prompt' }).ask(question)), /#\/properties\/items\/items\W/)
})

test('a list is an object on the wire and a list to the program', async () => {
  const spec = array(Dog)
  assert.deepEqual(spec.ask(question).responseFormat, {
    type: 'json_schema',
    name: 'answer',
    schema: {
      type: 'object',
      properties: { items: { type: 'array', items: dogOnTheWire } },
      required: ['items'],
      additionalProperties: false,
    },
  })
  const rex = { name: 'Rex', nick: null }
  assert.deepEqual(await spec.read(answer('{"items":[{"name":"Rex"}]}')), { value: [rex] })
  assert.deepEqual(await spec.read(answer('[{"name":"Rex","nick":null}]')), { value: [rex] })
  assert.deepEqual(await spec.read(answer('{"items":[{"name":"Rex"},{}]}')), {
    issues: ['items[1].name: Invalid input: expected string, received undefined'],
  })
  assert.deepEqual(await spec.read(answer('{"items":5}')), {
    issues: ['the answer must be a JSON object with a list "items"'],
  })
  assert.deepEqual(spec.partial(answer('{"items":[{"name":"Re')), [{ name: 'Re' }])
  assert.equal(spec.partial(answer('{')), undefined)
})

test('a choice is one of its words, in JSON or bare, and shown only when it is whole', async () => {
  const spec = choice(['yes', 'no'])
  for (const text of ['{"choice":"no"}', 'no', ' no\n', '"no"', '```json\n{"choice": "no"}\n```']) {
    assert.deepEqual(await spec.read(answer(text)), { value: 'no' })
  }
  assert.deepEqual(await spec.read(answer('{"choice":"maybe"}')), {
    issues: ['the answer must be a JSON object with a "choice" that is one of "yes", "no"'],
  })
  assert.equal(spec.partial(answer('{"choice":"n')), undefined)
  assert.equal(spec.partial(answer('{"choice":"no"')), 'no')
})

test('json asks for any JSON and says the word, which servers want', async () => {
  const spec = json()
  const asked = spec.ask(question)
  assert.deepEqual(asked.responseFormat, { type: 'json_object' })
  assert.match(JSON.stringify(asked.messages), /Answer only with JSON/)
  assert.deepEqual(await spec.read(answer('{"a":[1]}')), { value: { a: [1] } })
  assert.deepEqual(await spec.read(answer('no idea')), { issues: ['the answer must be JSON'] })
})

test('every library of schemas gives values and issues', async () => {
  const dogJson: JsonObject = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
  const specs: readonly OutputSpec<{ name: string }>[] = [
    object(z.object({ name: z.string() })),
    object(type({ name: 'string' })),
    object(jsonSchema(dogJson, v.object({ name: v.string() }))),
  ]
  for (const spec of specs) {
    assert.deepEqual(await spec.read(answer('{"name":"Rex"}')), { value: { name: 'Rex' } })
    const { issues = [] } = await spec.read(answer('{"name":5}'))
    assert.match(issues.join(), /^name\W/)
  }
})

test('the issues go back to the model with what it said, so that it can do better (T54)', async () => {
  const spec = object(Dog)
  const wrong = answer('{"name":5}', { reasoning: 'hm', reasoningSignature: 's' })
  const { issues = [] } = await spec.read(wrong)
  const [said, complaint, ...others] = spec.correction(wrong, issues)
  assert.deepEqual(said, {
    role: 'assistant',
    content: [{ type: 'text', text: '{"name":5}' }],
    toolCalls: [],
    reasoning: 'hm',
    reasoningSignature: 's',
  })
  assert.equal(complaint?.role, 'user')
  assert.match(JSON.stringify(complaint), /- name: Invalid input: expected string, received number/)
  assert.deepEqual(others, [])
  assert.deepEqual(
    spec.correction(answer(''), ['the answer is empty']).map(({ role }) => role),
    ['user'],
  )
})

test('in mode tool the issues are the result of the call', async () => {
  const spec = object(Dog, { mode: 'tool' })
  const wrong = answer('', called('answer', '{}'))
  const { issues = [] } = await spec.read(wrong)
  const [said, result] = spec.correction(wrong, issues)
  assert.equal(said?.role, 'assistant')
  assert.equal(result?.role === 'tool' && result.toolCallId, 'c1')
  assert.deepEqual(await spec.read(answer('')), { issues: ['the tool with the answer was not called'] })
})

test('tool calls without an answer are said to be there, and nothing is asked again (T52)', async () => {
  const spec = object(Dog)
  const last = answer('', called('get_weather', '{}'))
  const { issues = [] } = await spec.read(last)
  assert.deepEqual(issues, ['there is no answer: the model called tools instead (get_weather)'])
  assert.deepEqual(spec.correction(last, issues), [])
  const error = structuredOutputError(spec, last, issues, { attempts: 1, component: 'openai' })
  assert.ok(error instanceof StructuredOutputError)
  assert.equal(error.code, 'structured_output')
  assert.equal(
    error.message,
    'Cannot read the structured answer of component "openai" in mode "schema" after 1 attempt: there is no answer: the model called tools instead (get_weather)',
  )
})

test('a refusal is kept, and nothing is asked again (T53)', async () => {
  const spec = object(Dog)
  const last = answer('', { refusal: 'I cannot' })
  const { issues = [] } = await spec.read(last)
  assert.deepEqual(spec.correction(last, issues), [])
  const error = structuredOutputError(spec, last, issues, { attempts: 1, component: undefined })
  assert.equal(error.refusal, 'I cannot')
  assert.match(error.message, /the model refused to answer: I cannot$/)
})

test('an answer that was cut off is said to be', async () => {
  const { issues } = await object(Dog).read(answer('{"name":"Re', { finishReason: 'length' }))
  assert.deepEqual(issues, ['the answer must be a JSON object, and it was cut off at the most tokens that it may have'])
})

const refusals: readonly [name: string, make: () => unknown, expected: RegExp][] = [
  [
    'a mode that there is not',
    () => object(Dog, { mode: 'yaml' as 'tool' }),
    /"mode" of an output: it must be auto, schema, tool or prompt: current value is yaml/,
  ],
  ['no attempt', () => json({ maxAttempts: 0 }), /"maxAttempts".*current value is 0/],
  ['a name that providers refuse', () => json({ name: 'a dog' }), /"name".*current value is a dog/],
  [
    'a list where an object is asked for',
    () => object(z.array(Dog)),
    /must be that of an object: current type is array: use array/,
  ],
  ['a list in mode prompt', () => object(z.array(Dog), { mode: 'prompt' }), /current type is array/],
  ['a choice of nothing', () => choice([]), /at least one/],
  ['a choice of twice the same', () => choice(['a', 'a']), /only once/],
  [
    'a second response format',
    () => json().ask({ ...question, responseFormat: { type: 'json_object' } }),
    /"output" beside "responseFormat"/,
  ],
  [
    'tools beside mode tool',
    () => object(Dog, { mode: 'tool' }).ask({ ...question, tools: [{ name: 'f' }] }),
    /mode "tool" beside tools/,
  ],
]

for (const [name, make, expected] of refusals) {
  test(`an output refuses ${name}`, () => assert.throws(make, { code: 'invalid_request', message: expected }))
}

test('the types of values are those of the schemas', async () => {
  // Compiled by the type check: an assignment that does not fit is an error there.
  const read = async <T>(spec: OutputSpec<T>, text: string): Promise<T> => {
    const { value, issues } = await spec.read(answer(text))
    if (issues) throw new Error(issues.join())
    return value as T
  }
  const dog: z.infer<typeof Dog> = await read(object(Dog), '{"name":"Rex","nick":null}')
  const nick: string | null = dog.nick
  const dogs: z.infer<typeof Dog>[] = await read(array(Dog), '[]')
  const word: 'yes' | 'no' = await read(choice(['yes', 'no']), 'yes')
  const length: number = (await read(object(z.object({ a: z.string().transform((a) => a.length) })), '{"a":"xyz"}')).a
  const ark: { name: string } = await read(object(type({ name: 'string' })), '{"name":"Rex"}')
  const vali: { name: string } = await read(
    object(jsonSchema({ type: 'object' }, v.object({ name: v.string() }))),
    '{"name":"Rex"}',
  )
  const plain: JsonObject = await read(object({ type: 'object' }), '{"a":1}')
  const claimed: { a: number } = await read(object<{ a: number }>({ type: 'object' }), '{"a":1}')
  // @ts-expect-error a name is text
  const wrong: { name: number } = await read(object(Dog), '{"name":"Rex","nick":null}')
  assert.deepEqual(
    [nick, dogs, word, length, ark.name, vali.name, plain.a, claimed.a, wrong.name],
    [null, [], 'yes', 3, 'Rex', 'Rex', 1, 1, 'Rex'],
  )
})
