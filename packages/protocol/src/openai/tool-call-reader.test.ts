import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chunk, readAnswer, sse, toolChunk } from '../../testing/chat-answer.ts'
import type { ConversationEvent } from '../conversation/event.ts'
import { ToolCallReader } from './tool-call-reader.ts'

/** One element of `tool_calls`. */
const call = (fields: { index?: number; id?: unknown; name?: unknown; args?: unknown }) => ({
  ...('index' in fields && { index: fields.index }),
  ...('id' in fields && { id: fields.id }),
  function: { ...('name' in fields && { name: fields.name }), ...('args' in fields && { arguments: fields.args }) },
})

type Expected = [id: string, name: string, args: string]

const cases: readonly [name: string, chunks: readonly object[], expected: readonly Expected[]][] = [
  [
    'arguments in many pieces',
    [
      toolChunk(call({ index: 0, id: 'a', name: 'f', args: '' })),
      ...['{"x"', ':', '1}'].map((args) => toolChunk(call({ index: 0, args }))),
    ],
    [['a', 'f', '{"x":1}']],
  ],
  [
    'parallel calls, interleaved',
    [
      toolChunk(
        call({ index: 0, id: 'a', name: 'f', args: '{"x"' }),
        call({ index: 1, id: 'b', name: 'g', args: '{' }),
      ),
      toolChunk(call({ index: 1, args: '}' }), call({ index: 0, args: ':1}' })),
    ],
    [
      ['a', 'f', '{"x":1}'],
      ['b', 'g', '{}'],
    ],
  ],
  [
    'an index that starts at 1',
    [toolChunk(call({ index: 1, id: 'a', name: 'f', args: '{' })), toolChunk(call({ index: 1, args: '}' }))],
    [['a', 'f', '{}']],
  ],
  [
    'no index, told apart by id',
    [
      toolChunk(call({ id: 'a', name: 'f', args: '{"x":' })),
      toolChunk(call({ args: '1}' })),
      toolChunk(call({ id: 'b', name: 'f', args: '{"x":2}' })),
    ],
    [
      ['a', 'f', '{"x":1}'],
      ['b', 'f', '{"x":2}'],
    ],
  ],
  [
    'neither index nor id, whole calls of one tool',
    [toolChunk(call({ name: 'f', args: '{"x":1}' }), call({ name: 'f', args: '{"x":2}' }))],
    [
      ['made-up-0', 'f', '{"x":1}'],
      ['made-up-1', 'f', '{"x":2}'],
    ],
  ],
  [
    'index 0 for all calls, other ids',
    [
      toolChunk(call({ index: 0, id: 'a', name: 'f', args: '{"x":1}' })),
      toolChunk(call({ index: 0, id: 'b', name: 'f', args: '{"x":' })),
      toolChunk(call({ index: 0, args: '2}' })),
    ],
    [
      ['a', 'f', '{"x":1}'],
      ['b', 'f', '{"x":2}'],
    ],
  ],
  [
    'index 0 for all calls, no ids, other names',
    [
      toolChunk(call({ index: 0, name: 'f', args: '{"x":1}' })),
      toolChunk(call({ index: 0, name: 'g', args: '{"x":2}' })),
    ],
    [
      ['made-up-0', 'f', '{"x":1}'],
      ['made-up-1', 'g', '{"x":2}'],
    ],
  ],
  [
    'index 0 for all calls, no ids, one name',
    [
      toolChunk(call({ index: 0, id: null, name: 'f', args: '{"x":1}' })),
      toolChunk(call({ index: 0, id: null, name: 'f', args: '{"x":2}' })),
    ],
    [
      ['made-up-0', 'f', '{"x":1}'],
      ['made-up-1', 'f', '{"x":2}'],
    ],
  ],
  [
    'an id and a name that are repeated in every delta',
    ['{"x"', ':{}', '}'].map((args) => toolChunk(call({ index: 0, id: 'a', name: 'f', args }))),
    [['a', 'f', '{"x":{}}']],
  ],
  [
    'a name that is repeated without an id',
    ['{"x"', ':{}', '}'].map((args) => toolChunk(call({ index: 0, name: 'f', args }))),
    [['made-up-0', 'f', '{"x":{}}']],
  ],
  ['an empty id', [toolChunk(call({ index: 0, id: '', name: 'f', args: '{}' }))], [['made-up-0', 'f', '{}']]],
  ['an id of null', [toolChunk(call({ index: 0, id: null, name: 'f', args: '{}' }))], [['made-up-0', 'f', '{}']]],
  [
    'a real id that comes late and changes nothing',
    [
      toolChunk(call({ index: 0, name: 'f', args: '{"x":' })),
      toolChunk(call({ index: 0, id: 'late', args: '1' })),
      toolChunk(call({ index: 0, id: 'late', args: '}' })),
    ],
    [['made-up-0', 'f', '{"x":1}']],
  ],
  [
    'a real id that comes late, and no index',
    [toolChunk(call({ name: 'f', args: '{"x":' })), toolChunk(call({ id: 'late', args: '1}' }))],
    [['made-up-0', 'f', '{"x":1}']],
  ],
  [
    'one id for two calls',
    [
      toolChunk(call({ index: 0, id: 'a', name: 'f', args: '{}' })),
      toolChunk(call({ index: 1, id: 'a', name: 'g', args: '{}' })),
    ],
    [
      ['a', 'f', '{}'],
      ['made-up-1', 'g', '{}'],
    ],
  ],
  [
    'arguments before the name',
    [toolChunk(call({ index: 0, id: 'a', args: '{"x":' })), toolChunk(call({ index: 0, name: 'f', args: '1}' }))],
    [['a', 'f', '{"x":1}']],
  ],
  [
    'whole arguments at once',
    [toolChunk(call({ index: 0, id: 'a', name: 'f', args: '{"x":1}' }))],
    [['a', 'f', '{"x":1}']],
  ],
  [
    'arguments as an object',
    [toolChunk(call({ index: 0, id: 'a', name: 'f', args: { x: 1 } }))],
    [['a', 'f', '{"x":1}']],
  ],
  ['no arguments', [toolChunk(call({ index: 0, id: 'a', name: 'f' }))], [['a', 'f', '{}']]],
  ['empty arguments', [toolChunk(call({ index: 0, id: 'a', name: 'f', args: '' }))], [['a', 'f', '{}']]],
  ['arguments of null', [toolChunk(call({ index: 0, id: 'a', name: 'f', args: null }))], [['a', 'f', '{}']]],
  [
    'arguments that are no JSON, passed on unchanged',
    [toolChunk(call({ index: 0, id: 'a', name: 'f', args: '{"x": tru' }))],
    [['a', 'f', '{"x": tru']],
  ],
  [
    'elements that are no calls',
    [chunk({ tool_calls: [null, 7, call({ index: 0, id: 'a', name: 'f', args: '{}' })] })],
    [['a', 'f', '{}']],
  ],
]

for (const [name, chunks, expected] of cases) {
  test(`ToolCallReader reads ${name}`, () => {
    const { result, failure } = readAnswer(sse(...chunks, chunk({}, 'tool_calls'), '[DONE]'))
    assert.equal(failure, undefined)
    assert.deepEqual(
      result.choices[0]?.toolCalls.map(({ id, name, arguments: args }) => [id, name, args]),
      expected,
    )
  })
}

/** Text with halves of characters in it, which JSON can hold. */
const brokenText = fc.string({ unit: fc.constantFrom('x', '"', 'é', '☕', '🎉', '\ud83d', '\ude00'), maxLength: 6 })

const looseCall = fc.record(
  {
    index: fc.nat(3),
    id: fc.oneof(fc.constantFrom('a', 'b', '', null), brokenText),
    name: fc.constantFrom('f', 'g', '', null),
    args: fc.oneof(brokenText, fc.constantFrom('{}', '{"x":1}', '', null)),
  },
  { requiredKeys: [] },
)

test('ToolCallReader counts without gaps, gives every call one id and loses no argument, for every mess of deltas', () => {
  fc.assert(
    fc.property(fc.array(fc.array(looseCall, { maxLength: 3 }), { minLength: 1, maxLength: 6 }), (deltas) => {
      const chunks = deltas.map((calls) => toolChunk(...calls.map(call)))
      const { events, failure } = readAnswer(sse(...chunks, chunk({}, 'tool_calls')))
      assert.equal(failure, undefined)
      const starts = events.filter((event) => event.type === 'tool-call-start')
      assert.deepEqual(
        starts.map(({ index }) => index).sort((a, b) => a - b),
        starts.map((_, at) => at),
      )
      assert.equal(new Set(starts.map(({ id }) => id)).size, starts.length)
      assert.ok(starts.every(({ id }) => id !== '' && id.isWellFormed()))
      const ends = events.filter((event) => event.type === 'tool-call-end')
      assert.deepEqual(
        ends.map(({ index }) => index),
        starts.map((_, at) => at),
      )
      const given = deltas.flat().reduce((sum, { args }) => sum + (args ?? '').length, 0)
      const sent = events.filter((event) => event.type === 'tool-call-delta')
      assert.ok(sent.every((event) => event.arguments !== '' && event.arguments.isWellFormed()))
      const filled = starts.filter(({ index }) => !sent.some((event) => event.index === index)).length
      assert.equal(filled, 0)
      // Calls without arguments get `{}`; nothing else may be added or lost.
      const total = sent.reduce((sum, event) => sum + event.arguments.length, 0)
      assert.ok(total >= given && total <= given + 2 * starts.length)
    }),
  )
})

test('ToolCallReader ends a call when it is told to, and not once more at the end', () => {
  const reader = new ToolCallReader(0)
  const events: ConversationEvent[] = []
  reader.read({ index: 5, id: 'a', function: { name: 'now' } }, events)
  reader.endCall(5, events)
  reader.endCall(7, events)
  reader.end(events)
  assert.deepEqual(events, [
    { type: 'tool-call-start', choice: 0, index: 0, id: 'a', name: 'now' },
    { type: 'tool-call-delta', choice: 0, index: 0, arguments: '{}' },
    { type: 'tool-call-end', choice: 0, index: 0 },
  ])
})
