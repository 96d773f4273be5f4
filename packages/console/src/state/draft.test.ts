import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { bodyOf, type Draft, draftOf, emptyDraft, packDraft, problemsOf, unpackDraft } from './draft.ts'

const drafts: fc.Arbitrary<Draft> = fc.record({
  models: fc.array(fc.string(), { minLength: 1, maxLength: 2 }),
  system: fc.string(),
  messages: fc.array(
    fc.record({
      role: fc.constantFrom('user' as const, 'assistant' as const, 'tool' as const),
      text: fc.string(),
      images: fc.array(fc.webUrl(), { maxLength: 2 }),
      calls: fc.array(fc.record({ id: fc.string(), name: fc.string(), arguments: fc.string() }), { maxLength: 2 }),
      callId: fc.string(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  temperature: fc.string(),
  maxTokens: fc.string(),
  topP: fc.string(),
  parameters: fc.string(),
  tools: fc.string(),
  schema: fc.string(),
})

test('a draft comes out of an address as it went in', () => {
  fc.assert(fc.property(drafts, (draft) => assert.deepEqual(unpackDraft(packDraft(draft)), structuredClone(draft))))
})

test('an address that somebody changed gives a draft all the same', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const draft = unpackDraft(text)
      assert.ok(draft.models.length > 0 && draft.messages.length > 0)
      problemsOf(draft)
      packDraft(draft)
    }),
  )
})

test('pictures from files stay out of the address', () => {
  const messages = [
    { role: 'user' as const, text: 'Look', images: ['data:image/png;base64,AAAA', 'https://example.com/a'] },
  ]
  assert.ok(!packDraft({ ...emptyDraft, messages }).includes('data:'))
})

test('a request becomes a draft that makes the same request', () => {
  const request = {
    model: 'gpt',
    messages: [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'image_url', image_url: { url: 'https://a.example' } },
        ],
      },
      { role: 'assistant', content: 'I see.' },
      { role: 'user', content: 'And now?' },
    ],
    temperature: 0.3,
    max_tokens: 50,
    top_p: 0.9,
    tools: [{ type: 'function', function: { name: 'look' } }],
    response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: { type: 'object' }, strict: true } },
    seed: 7,
  }
  assert.deepEqual(bodyOf(draftOf(request, 'gpt'), 'gpt'), request)
})

test('a request of which nothing is known becomes an empty draft', () => {
  assert.deepEqual(draftOf({}, 'gpt'), { ...emptyDraft, models: ['gpt'] })
})

test('what cannot be sent is named by its field', () => {
  const draft = { ...emptyDraft, temperature: 'warm', parameters: '[]', tools: '{}', schema: '{' }
  const fields = ['maxTokens', ...Object.keys(problemsOf(draft))].slice(1).sort()
  assert.deepEqual(fields, ['messages', 'models', 'parameters', 'schema', 'temperature', 'tools'])
})
