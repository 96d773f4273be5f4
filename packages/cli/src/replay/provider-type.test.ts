import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { readRecordings, recordedVendors, recordingsFolder } from '@dapr-chat/sidecar/testing'
import { providerTypeOf } from './provider-type.ts'
import { readRecording } from './recording.ts'

for (const [type, first] of [
  ['aws.bedrock', undefined],
  ['googleai', { candidates: [] }],
  ['googleai', { error: { code: 429, message: 'x', status: 'RESOURCE_EXHAUSTED' } }],
  ['anthropic', { type: 'message_start', message: {} }],
  ['anthropic', { type: 'error', error: { type: 'overloaded_error' } }],
  ['aws.bedrock', { message: 'no access' }],
  ['mistral', { object: 'chat.completion.chunk', model: 'magistral-medium-2506', choices: [] }],
  ['deepseek', { object: 'chat.completion.chunk', model: 'deepseek-reasoner', choices: [] }],
  ['openai', { object: 'chat.completion.chunk', model: 'gpt-4o', choices: [] }],
  ['openai', { error: { message: 'x', type: 'y', code: 429 } }],
] as const) {
  test(`${JSON.stringify(first) ?? 'a binary frame'} is an answer of ${type}`, () => {
    assert.equal(providerTypeOf(first), type)
  })
}

/** These speak OpenAI's wire, and nothing in their answers says whose they are. */
const speakOpenAi = ['huggingface', 'ollama']

const recordings = readRecordings()
const skip = recordings.length === 0 && 'DAPR_CHAT_FIXTURES must name the folder of recordings'

test('every recorded answer is read whole, and known for whose it is', { skip }, async () => {
  for (const { name, vendor, status, headers, body } of recordings) {
    const recording = await readRecording(join(recordingsFolder, name))
    assert.equal(recording.status, status, name)
    assert.equal(recording.headers['content-type'], headers['content-type'], name)
    assert.ok(Buffer.concat(recording.events.map(({ bytes }) => bytes)).equals(body), name)
    const expected = speakOpenAi.includes(vendor) ? 'conversation.openai' : recordedVendors[vendor].definition.type
    assert.equal(`conversation.${providerTypeOf(recording.first)}`, expected, name)
  }
})
