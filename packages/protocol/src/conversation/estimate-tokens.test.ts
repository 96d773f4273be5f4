import assert from 'node:assert/strict'
import { test } from 'node:test'
import { estimateTokens } from './estimate-tokens.ts'
import type { Message } from './message.ts'

const assistant = { role: 'assistant', content: [], toolCalls: [] } as const satisfies Message
const rows: readonly [what: string, message: Message, tokens: number][] = [
  ['nothing', { role: 'user', content: [] }, 4],
  ['a text', { role: 'user', content: [{ type: 'text', text: 'x'.repeat(9) }] }, 7],
  [
    'two texts',
    {
      role: 'user',
      content: [
        { type: 'text', text: 'xx' },
        { type: 'text', text: 'yy' },
      ],
    },
    5,
  ],
  ['a text beyond ASCII', { role: 'user', content: [{ type: 'text', text: '日本語' }] }, 7],
  ['a name', { role: 'user', name: 'Ada', content: [] }, 5],
  ['a picture', { role: 'user', content: [{ type: 'image', source: { url: 'https://example.com/a.png' } }] }, 1_004],
  ['a tool call', { ...assistant, toolCalls: [{ id: 'ignored', name: 'now', arguments: '{"a":1}' }] }, 7],
  ['thinking and a refusal', { ...assistant, reasoning: 'hmmm', refusal: 'nope' }, 6],
]

for (const [what, message, tokens] of rows) {
  test(`estimateTokens() takes ${what} for ${tokens} tokens`, () => assert.equal(estimateTokens(message), tokens))
}
