/**
 * Exchanges with Dapr's echo component, as Dapr's own tests have them: each request must be read, and the answer that
 * echo gives must be written exactly as daprd writes it. What echo makes of a request is the sidecar's matter.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConversationRequest, ConversationResult, Message, ToolCall } from '@dapr-chat/protocol'
import { ConversationError } from '@dapr-chat/protocol'
import { readAlpha1Request, writeAlpha1Response } from './alpha1.ts'
import { readAlpha2Request } from './alpha2-request.ts'
import { writeAlpha2Response } from './alpha2-response.ts'
import {
  ConversationRequestAlpha2Schema,
  ConversationRequestSchema,
  ConversationResponseAlpha2Schema,
  ConversationResponseSchema,
} from './gen/dapr/proto/runtime/v1/ai_pb.js'
import { readRequestJson, writeJson } from './protojson.ts'

/** What echo answers: a text, its words counted, and tool calls. */
function echo(text: string, words: number, toolCalls: readonly ToolCall[] = []): ConversationResult {
  const finishReason = toolCalls.length > 0 ? 'tool_calls' : 'stop'
  return {
    choices: [{ index: 0, text, reasoning: '', refusal: '', toolCalls, finishReason }],
    usage: { promptTokens: words, completionTokens: words, totalTokens: 2 * words },
  }
}

function usage(words: number): string {
  return `"usage":{"completionTokens":"${words}","promptTokens":"${words}","totalTokens":"${2 * words}"}`
}

function said(role: 'user' | 'system' | 'developer', text: string, name?: string): Message {
  return { role, content: [{ type: 'text', text }], ...(name && { name }) }
}

interface Example {
  readonly body: string
  readonly request: ConversationRequest
  readonly result: ConversationResult
  readonly answer: string
}

const alpha1: Record<string, Example> = {
  E1: {
    body: '{"inputs":[{"content":"well hello there"}]}',
    request: { messages: [said('user', 'well hello there')] },
    result: echo('well hello there', 3),
    answer: '{"outputs":[{"result":"well hello there"}]}',
  },
  E12: {
    body: '{"inputs":[{"content":"a"},{"content":"b"}],"contextID":"x"}',
    request: { messages: [said('user', 'a'), said('user', 'b')], contextId: 'x' },
    result: echo('a\nb', 2),
    answer: '{"contextID":"x","outputs":[{"result":"a\\nb"}]}',
  },
}

for (const [name, { body, request, result, answer }] of Object.entries(alpha1)) {
  test(`${name}, alpha1`, () => {
    const wire = readRequestJson(ConversationRequestSchema, body)
    assert.deepEqual(readAlpha1Request(wire), request)
    assert.equal(writeJson(ConversationResponseSchema, writeAlpha1Response(result, wire)), answer)
  })
}

const call123 = { id: 'call_123', name: 'test_function', arguments: 'test-string' }
const toolText = "Tool Response for tool ID 'tool-123' with name 'tool name': tool message"
const schemaOfA = { type: 'object', properties: { x: { type: 'string' } } }

function prompt(kind: string, role: 'user' | 'system' | 'developer'): Example {
  return {
    body: `{"inputs":[{"messages":[{"of${kind}":{"name":"${role} name","content":[{"text":"${role} message"}]}}]}]}`,
    request: { messages: [said(role, `${role} message`, `${role} name`)] },
    result: echo(`${role} message`, 2),
    answer: `{"outputs":[{"choices":[{"finishReason":"stop","message":{"content":"${role} message"}}],${usage(2)}}]}`,
  }
}

const alpha2: Record<string, Example> = {
  'E3 of a user': prompt('User', 'user'),
  'E3 of the system': prompt('System', 'system'),
  'E3 of a developer': prompt('Developer', 'developer'),
  E4: {
    body: '{"inputs":[{"messages":[{"ofAssistant":{"name":"assistant name","content":[{"text":"assistant message"}],"toolCalls":[{"id":"call_123","function":{"name":"test_function","arguments":"test-string"}}]}}]}]}',
    request: {
      messages: [
        {
          role: 'assistant',
          name: 'assistant name',
          content: [{ type: 'text', text: 'assistant message' }],
          toolCalls: [call123],
        },
      ],
    },
    result: echo('assistant message', 2, [call123]),
    answer: `{"outputs":[{"choices":[{"finishReason":"tool_calls","message":{"content":"assistant message","toolCalls":[{"id":"call_123","function":{"name":"test_function","arguments":"test-string"}}]}}],${usage(2)}}]}`,
  },
  E5: {
    body: '{"inputs":[{"messages":[{"ofTool":{"toolId":"tool-123","name":"tool name","content":[{"text":"tool message"}]}}]}]}',
    request: {
      messages: [
        { role: 'tool', toolCallId: 'tool-123', name: 'tool name', content: [{ type: 'text', text: 'tool message' }] },
      ],
    },
    result: echo(toolText, 12),
    answer: `{"outputs":[{"choices":[{"finishReason":"stop","message":{"content":"${toolText}"}}],${usage(12)}}]}`,
  },
  E6: {
    body: JSON.stringify({
      contextId: 'test-conversation-123',
      inputs: [
        { messages: [{ ofUser: { content: [{ text: 'well hello there' }] } }], scrubPII: true },
        { messages: [{ ofSystem: { content: [{ text: 'You are a helpful assistant' }] } }], scrubPII: true },
      ],
      parameters: {
        max_tokens: { '@type': 'type.googleapis.com/google.protobuf.Int64Value', value: '100' },
        model: { '@type': 'type.googleapis.com/google.protobuf.StringValue', value: 'test-model' },
      },
      metadata: { api_key: 'test-key', version: '1.0' },
      scrubPii: true,
      temperature: 0.7,
      responseFormat: { type: 'object', properties: { answer: { type: 'string' } } },
      promptCacheRetention: '86400s',
      tools: [
        {
          function: {
            name: 'test_function',
            description: 'A test function',
            parameters: { type: 'object', properties: { param1: { type: 'string' } } },
          },
        },
      ],
      toolChoice: 'auto',
    }),
    request: {
      messages: [said('user', 'well hello there'), said('system', 'You are a helpful assistant')],
      contextId: 'test-conversation-123',
      temperature: 0.7,
      tools: [
        {
          name: 'test_function',
          description: 'A test function',
          parameters: { type: 'object', properties: { param1: { type: 'string' } } },
        },
      ],
      toolChoice: 'auto',
      responseFormat: {
        type: 'json_schema',
        name: 'response',
        schema: { type: 'object', properties: { answer: { type: 'string' } } },
      },
      promptCacheRetentionMs: 86_400_000,
      parameters: { max_tokens: 100, model: 'test-model' },
      metadata: { api_key: 'test-key', version: '1.0' },
      scrub: { messages: [0, 1], output: true },
    },
    result: echo('well hello there\nYou are a helpful assistant', 8, [
      { id: '0', name: 'test_function', arguments: 'param1' },
    ]),
    answer: `{"contextId":"test-conversation-123","outputs":[{"choices":[{"finishReason":"tool_calls","message":{"content":"well hello there\\nYou are a helpful assistant","toolCalls":[{"id":"0","function":{"name":"test_function","arguments":"param1"}}]}}],${usage(8)}}]}`,
  },
  E7: {
    body: '{"inputs":[{"messages":[{"ofUser":{"content":[{"text":"first user message"}]}},{"ofAssistant":{"content":[{"text":"first assistant response"}]}},{"ofUser":{"content":[{"text":"second user message"}]}},{"ofSystem":{"content":[{"text":"system instruction"}]}}]}]}',
    request: {
      messages: [
        said('user', 'first user message'),
        { role: 'assistant', content: [{ type: 'text', text: 'first assistant response' }], toolCalls: [] },
        said('user', 'second user message'),
        said('system', 'system instruction'),
      ],
    },
    result: echo('first user message\nfirst assistant response\nsecond user message\nsystem instruction', 11),
    answer: `{"outputs":[{"choices":[{"finishReason":"stop","message":{"content":"first user message\\nfirst assistant response\\nsecond user message\\nsystem instruction"}}],${usage(11)}}]}`,
  },
  'E8, which has an empty text': {
    body: '{"inputs":[{"messages":[{"ofUser":{"content":[{"text":""}]}}]}]}',
    request: { messages: [said('user', '')] },
    result: echo('', 0),
    answer: '{"outputs":[{"choices":[{"finishReason":"stop","message":{}}],"usage":{}}]}',
  },
  E9: {
    body: '{"inputs":[{}]}',
    request: { messages: [] },
    result: echo('', 0),
    answer: '{"outputs":[{"choices":[{"finishReason":"stop","message":{}}],"usage":{}}]}',
  },
  E10: {
    body: `{"inputs":[{"messages":[{"ofUser":{"content":[{"text":"hi"}]}}]}],"tools":[{"function":{"name":"a"}},{"function":{"name":"b","parameters":${JSON.stringify(schemaOfA)}}}]}`,
    request: { messages: [said('user', 'hi')], tools: [{ name: 'a' }, { name: 'b', parameters: schemaOfA }] },
    result: echo('hi', 1, [
      { id: '0', name: 'a', arguments: '' },
      { id: '1', name: 'b', arguments: 'x' },
    ]),
    answer: `{"outputs":[{"choices":[{"finishReason":"tool_calls","message":{"content":"hi","toolCalls":[{"id":"0","function":{"name":"a"}},{"id":"1","function":{"name":"b","arguments":"x"}}]}}],${usage(1)}}]}`,
  },
  E11: {
    body: '{"inputs":[{"messages":[{"ofAssistant":{"toolCalls":[{"id":"c1","function":{"name":"f","arguments":"{}"}}]}}]}],"tools":[{"function":{"name":"t","parameters":{"properties":{"p":{}}}}}]}',
    request: {
      messages: [{ role: 'assistant', content: [], toolCalls: [{ id: 'c1', name: 'f', arguments: '{}' }] }],
      tools: [{ name: 't', parameters: { properties: { p: {} } } }],
    },
    result: echo('', 0, [
      { id: '0', name: 't', arguments: 'p' },
      { id: 'c1', name: 'f', arguments: '{}' },
    ]),
    answer:
      '{"outputs":[{"choices":[{"finishReason":"tool_calls","message":{"toolCalls":[{"id":"0","function":{"name":"t","arguments":"p"}},{"id":"c1","function":{"name":"f","arguments":"{}"}}]}}],"usage":{}}]}',
  },
}

for (const [name, { body, request, result, answer }] of Object.entries(alpha2)) {
  test(`${name}, alpha2`, () => {
    const read = readAlpha2Request(readRequestJson(ConversationRequestAlpha2Schema, body))
    assert.deepEqual(read, request)
    assert.equal(writeJson(ConversationResponseAlpha2Schema, writeAlpha2Response(result, read.contextId)), answer)
  })
}

const refused: Record<string, [read: () => unknown, message: string]> = {
  E2: [
    () => readAlpha1Request(readRequestJson(ConversationRequestSchema, '{"metadata":{"model":"daprGPT"}}')),
    'missing inputs in request',
  ],
  E13: [
    () => refusedAlpha2('{"inputs":[{"messages":[{"ofAssistant":{"toolCalls":[{"id":"call_123"}]}}]}]}'),
    'invalid params: tool types cannot be nil',
  ],
  E14: [
    () => refusedAlpha2('{"inputs":[{"messages":[{"invalidField":{"name":"x"}}]}]}'),
    'invalid params: message type cannot be nil',
  ],
}

function refusedAlpha2(body: string): ConversationRequest {
  return readAlpha2Request(readRequestJson(ConversationRequestAlpha2Schema, body))
}

for (const [name, [read, message]] of Object.entries(refused)) {
  test(`${name} is refused`, () => {
    assert.throws(read, (error) => error instanceof ConversationError && error.message === message)
  })
}
