/** How bodies are read: what daprd's JSON library takes, what it passes over, and what it calls malformed. */
import type { Case, CaseGroup, Json, JsonObject } from '../case.ts'
import { echoed, hello, helloAnswer, input, pathOf, refusal, said, type Version, wrapped } from './make.ts'

const malformedAnswer = refusal('ERR_MALFORMED_REQUEST', 'failed deserializing HTTP body: proto: …')

function bad(name: string, body: string | Uint8Array, version: Version = 'alpha2'): Case {
  return { name: `malformed: ${name}`, request: { http: { path: pathOf(version), body } }, answer: malformedAnswer }
}

/** A request that is fine but for these members. */
function badMembers(name: string, members: Json, version: Version = 'alpha2'): Case {
  return bad(name, JSON.stringify({ ...hello, ...(members as JsonObject) }), version)
}

function read(name: string, json: JsonObject, body: Json = helloAnswer, version: Version = 'alpha2'): Case {
  return {
    name: `JSON: ${name}`,
    request: { http: { path: pathOf(version), json } },
    answer: { status: 200, contentType: 'application/json', body },
  }
}

/** The body as it stands goes out; for what `JSON.stringify` would not write. */
function readText(name: string, body: string): Case {
  return {
    name: `JSON: ${name}`,
    request: { http: { path: pathOf('alpha2'), body } },
    answer: { status: 200, contentType: 'application/json', body: helloAnswer },
  }
}

const members = JSON.stringify(hello).slice(1, -1)
const call = (toolCall: JsonObject) => input({ ofAssistant: { toolCalls: [toolCall] } })
const alpha1 = { inputs: [{ content: 'hello' }] }
const snakeCase = {
  inputs: [
    {
      messages: [
        { of_system: said('a') },
        { of_developer: said('b') },
        { of_user: said('c') },
        { of_assistant: { ...said('d'), tool_calls: [{ id: 'c1', function: { name: 'f', arguments: '{}' } }] } },
        { of_tool: { tool_id: 'c1', name: 'f', ...said('e') } },
      ],
      scrub_pii: false,
    },
  ],
  context_id: 'ctx',
  scrub_pii: false,
  tool_choice: 'none',
  response_format: {},
  prompt_cache_retention: '1.5s',
}

/** Bodies that are read, and what they come to. */
export const json: CaseGroup = {
  title: 'JSON that is read',
  cases: [
    read('every field in snake_case', snakeCase, {
      contextId: 'ctx',
      ...echoed("a\nb\nc\nd\nTool Response for tool ID 'c1' with name 'f': e", 14, [['c1', 'f', '{}']]),
    }),
    read('both spellings, mixed', {
      inputs: [{ messages: [{ of_user: said('hello') }], scrubPii: false }],
      tool_choice: 'auto',
    }),
    read('unknown members at every level', {
      inputs: [
        {
          messages: [{ ofUser: { content: [{ text: 'hello', type: 'text' }], role: 'user' }, role: 'user' }],
          more: [1],
        },
      ],
      stream: true,
      model: 'gpt',
    }),
    read('null stands for nothing', {
      ...hello,
      contextId: null,
      tools: null,
      parameters: null,
      temperature: null,
      responseFormat: null,
      metadata: null,
    }),
    read('the name in the body has no effect', { ...hello, name: 'nobody' }),
    read('a temperature as a text', { ...hello, temperature: '0.5' }),
    read('a temperature that is not a number', { ...hello, temperature: 'NaN' }),
    read('a temperature without end', { ...hello, temperature: 'Infinity' }),
    readText('white space around everything', ` \n{ ${members}\t}\r\n`),
    readText('a number with an exponent', `{${members},"temperature":1e0}`),
    readText('an escape for every letter', `{${members.replace('hello', '\\u0068\\u0065\\u006c\\u006c\\u006f')}}`),
    read('an Any of an unknown host', {
      ...hello,
      parameters: { a: { '@type': 'x.y/google.protobuf.StringValue', value: 'b' } },
    }),
    read('an Any without anything', { ...hello, parameters: { a: {} } }),
    read('an Any without a type', { ...hello, parameters: { a: { value: 'x' } } }),
    read('an Any with a number as a number', { ...hello, parameters: { a: wrapped('Int64Value', 100) } }),
    read('durations with up to nine decimals', { ...hello, promptCacheRetention: '1.123456789s' }),
    read('the context id of alpha1 in alpha2', { ...hello, contextID: 'ctx' }, { contextId: 'ctx', ...helloAnswer }),
    read(
      'the context id of alpha2 in alpha1',
      { ...alpha1, contextId: 'ctx' },
      { contextID: 'ctx', outputs: [{ result: 'hello' }] },
      'alpha1',
    ),
    read(
      'the scrub flag of alpha1 in alpha2',
      { ...input({ ofUser: said('from 10.8.9.1') }), scrubPII: true },
      echoed('from <IP>', 2),
    ),
    read(
      'the scrub flag of alpha2 in alpha1',
      { inputs: [{ content: 'from 10.8.9.1', scrubPii: true }] },
      { outputs: [{ result: 'from <IP>' }] },
      'alpha1',
    ),
    ...['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-8', 'nonsense'].map(
      (type): Case => ({
        name: `JSON: the content type ${type}`,
        request: { http: { path: pathOf('alpha2'), headers: { 'content-type': type }, json: hello } },
        answer: { status: 200, contentType: 'application/json', body: helloAnswer },
      }),
    ),
  ],
}

/** Bodies that are refused. */
export const malformed: CaseGroup = {
  title: 'JSON that is malformed',
  cases: [
    bad('white space', '  '),
    bad('null', 'null'),
    bad('a list', '[]'),
    bad('a number', '1'),
    bad('a text', '"x"'),
    bad('half an object', '{'),
    bad('no JSON', 'hello'),
    bad('something after the object', '{} x'),
    bad('two objects', '{}{}'),
    bad('a comma at the end', '{"inputs":[],}'),
    bad('a comment', '{/* none */}'),
    bad('single quotes', "{'inputs':[]}"),
    bad('a name without quotes', '{inputs:[]}'),
    bad('a byte-order mark', '\ufeff{}'),
    bad('half a character', '{"contextId":"\\ud800"}'),
    bad('bytes that are no UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])),
    bad('a field twice', '{"contextId":"a","contextId":"b"}'),
    bad('a field in both spellings', '{"contextId":"a","context_id":"b"}'),
    bad('two kinds in one message', JSON.stringify(input({ ofUser: said('a'), ofSystem: said('b') }))),
    badMembers('a number for a text', { contextId: 1 }),
    badMembers('a flag for a text', { contextId: true }),
    badMembers('an object for a text', { contextId: {} }),
    badMembers('a text for a flag', { scrubPii: 'true' }),
    badMembers('a number for a flag', { scrubPii: 1 }),
    badMembers('words for a temperature', { temperature: 'warm' }),
    badMembers('a flag for a temperature', { temperature: true }),
    bad('a temperature beyond all doubles', `{${members},"temperature":1e400}`),
    badMembers('an object for inputs', { inputs: {} }),
    badMembers('a text for inputs', { inputs: 'hello' }),
    badMembers('null among the inputs', { inputs: [null] }),
    badMembers('a text among the messages', { inputs: [{ messages: ['hello'] }] }),
    badMembers('a content that is a text', input({ ofUser: { content: 'hello' } })),
    badMembers('a content of texts', input({ ofUser: { content: ['hello'] } })),
    badMembers('a text that is a number', input({ ofUser: { content: [{ text: 1 }] } })),
    badMembers('arguments that are an object', call({ function: { name: 'f', arguments: {} } })),
    badMembers('a tool choice that is an object', { toolChoice: { type: 'function' } }),
    badMembers('tools that are an object', { tools: { function: { name: 'f' } } }),
    badMembers('tool parameters that are a text', { tools: [{ function: { name: 'f', parameters: '{}' } }] }),
    badMembers('a response format that is a text', { responseFormat: 'json' }),
    badMembers('a response format that is a list', { responseFormat: [] }),
    badMembers('metadata with a number', { metadata: { k: 1 } }),
    badMembers('metadata with null', { metadata: { k: null } }),
    badMembers('a parameter that is a number', { parameters: { max_tokens: 100 } }),
    badMembers('a parameter that is a list', { parameters: { stop: ['x'] } }),
    badMembers('a parameter of an unknown type', { parameters: { a: { '@type': 'x.y/not.known', value: 1 } } }),
    badMembers('a parameter of a type without its value', {
      parameters: { a: { '@type': 'type.googleapis.com/google.protobuf.StringValue' } },
    }),
    badMembers('a parameter whose value is of another type', { parameters: { a: wrapped('StringValue', 1) } }),
    badMembers('a duration in hours', { promptCacheRetention: '24h' }),
    badMembers('a duration that is a number', { promptCacheRetention: 86_400 }),
    badMembers('a duration that is an object', { promptCacheRetention: { seconds: 1 } }),
    badMembers('a duration of ten decimals', { promptCacheRetention: '1.0123456789s' }),
    badMembers('a duration out of range', { promptCacheRetention: '315576000001s' }),
    bad('alpha1: a number for a text', '{"inputs":[{"content":1}]}', 'alpha1'),
    bad('alpha1: a text for a flag', '{"inputs":[{"content":"a"}],"scrubPII":"true"}', 'alpha1'),
    bad('alpha1: inputs that are texts', '{"inputs":["hello"]}', 'alpha1'),
    {
      name: 'malformed: whichever component is asked',
      request: { http: { path: pathOf('alpha2', 'nobody'), body: '{' } },
      answer: malformedAnswer,
    },
  ],
}
