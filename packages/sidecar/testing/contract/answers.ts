/** What a good answer is, however it is framed and cut. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConversationEvent } from '@dapr-chat/protocol'
import type { ProviderWire } from '../wires/provider-wire.ts'
import { answerOf, bytewise, type ContractSubject, ending, joined, outcomeFor, texts } from './subject.ts'

/** The same events in another form of the same framing. */
const framings: readonly [name: string, rewrite: (text: string) => string][] = [
  ['with CRLF line ends', (text) => text.replaceAll('\n', '\r\n')],
  ['with CR line ends', (text) => text.replaceAll('\n', '\r')],
  ['with comments between the events', (text) => `: hello\n\n${text.replaceAll('\n\n', '\n\n: still here\n\n')}`],
  ['with empty and commented data lines', (text) => text.replaceAll('\n\n', '\n\ndata:\n\ndata: : still here\n\n')],
  ['without the space after the colon', (text) => text.replaceAll('data: ', 'data:')],
  ['with a byte order mark', (text) => `\ufeff${text}`],
  ['with data on several lines', (text) => text.replaceAll('data: {', 'data: {\ndata: ')],
  ['without the last blank line', (text) => text.trimEnd()],
]

export function answersContract(subject: ContractSubject): void {
  const { type } = subject.definition
  const said = ['Hello', ' world', ' – hélló 🎉 日本']
  const whole = (words: ProviderWire) => joined(texts(words, ...said))

  test(`${type} delivers an answer that comes at once in one batch, its beginning first`, async () => {
    const { events, batches, error, text, result } = await outcomeFor(subject, answerOf(subject, whole))
    assert.equal(error, undefined)
    assert.equal(text, said.join(''))
    assert.equal(batches, 1)
    assert.equal(events[0]?.type, 'message-start')
    assert.equal(events.filter((event) => event.type === 'message-start').length, 1)
    assert.ok(result.model)
  })

  test(`${type} reads an answer that comes byte by byte`, async () => {
    const { error, text } = await outcomeFor(
      subject,
      answerOf(subject, (words) => bytewise(whole(words))),
    )
    assert.equal(error, undefined)
    assert.equal(text, said.join(''))
  })

  test(`${type} delivers thinking beside the text`, async () => {
    const answer = answerOf(subject, (words) => [
      ...words.start(),
      words.thought('Hm, '),
      words.thought('well.'),
      words.text('Yes'),
      ...words.finish(ending),
    ])
    const { result, error } = await outcomeFor(subject, answer)
    assert.equal(error, undefined)
    assert.deepEqual([result.choices[0]?.reasoning, result.choices[0]?.text], ['Hm, well.', 'Yes'])
  })

  test(`${type} joins the halves of a character that two deltas share`, async () => {
    const answer = answerOf(subject, (words) => [
      ...words.start(),
      words.text('so \ud83c'),
      words.text('\udf89 much'),
      ...words.finish(ending),
    ])
    const { events, text } = await outcomeFor(subject, answer)
    assert.ok(events.every((event) => event.type !== 'text-delta' || event.text.isWellFormed()))
    assert.equal(text, 'so 🎉 much')
  })

  test(`${type} counts the tokens and says why the model stopped`, async () => {
    for (const reason of ['stop', 'length', 'content_filter'] as const) {
      const end = { reason, promptTokens: 7, completionTokens: 5 }
      const answer = answerOf(subject, (words) => [...words.start(), words.text('x'), ...words.finish(end)])
      const { result } = await outcomeFor(subject, answer)
      assert.equal(result.choices[0]?.finishReason, reason)
      const { promptTokens, completionTokens, totalTokens } = result.usage ?? {}
      assert.deepEqual([promptTokens, completionTokens, totalTokens], [7, 5, 12])
    }
  })

  test(`${type} delivers parallel tool calls with indexes, ids and arguments`, async () => {
    const calls = [
      { id: 'call_a', name: 'weather', pieces: ['{"city":', '"Paris"}'] },
      { id: 'call_b', name: 'now', pieces: [] },
      { id: 'call_c', name: 'weather', pieces: ['{"city":"Bonn"}'] },
    ]
    const answer = answerOf(subject, (words) => [
      ...words.start(),
      ...words.calls(calls),
      ...words.finish({ ...ending, reason: 'tool_calls' }),
    ])
    const tools = [{ name: 'weather' }, { name: 'now' }]
    const { result, events, error } = await outcomeFor(subject, answer, { tools })
    assert.equal(error, undefined)
    assert.equal(result.choices[0]?.finishReason, 'tool_calls')
    assert.deepEqual(
      result.choices[0].toolCalls.map(({ id, name, arguments: text }) => ({ id, name, arguments: JSON.parse(text) })),
      [
        { id: 'call_a', name: 'weather', arguments: { city: 'Paris' } },
        { id: 'call_b', name: 'now', arguments: {} },
        { id: 'call_c', name: 'weather', arguments: { city: 'Bonn' } },
      ],
    )
    assert.deepEqual(indexesOf(events, 'tool-call-start'), [0, 1, 2])
    assert.deepEqual(indexesOf(events, 'tool-call-end'), [0, 1, 2])
  })

  test(`${type} gives two calls of the same id an id each`, async () => {
    const call = { id: 'same', name: 'now', pieces: ['{}'] }
    const answer = answerOf(subject, (words) => [
      ...words.start(),
      ...words.calls([call, { ...call, name: 'weather' }]),
      ...words.finish({ ...ending, reason: 'tool_calls' }),
    ])
    const { result } = await outcomeFor(subject, answer, { tools: [{ name: 'now' }, { name: 'weather' }] })
    const calls = result.choices[0]?.toolCalls ?? []
    assert.deepEqual(
      calls.map(({ name }) => name),
      ['now', 'weather'],
    )
    assert.equal(new Set(calls.map(({ id }) => id)).size, 2)
  })

  test(`${type} gives calls that come without an id an id each`, async () => {
    const call = { id: '', name: 'now', pieces: ['{}'] }
    const answer = answerOf(subject, (words) => [
      ...words.start(),
      ...words.calls([call, { ...call, name: 'weather' }]),
      ...words.finish({ ...ending, reason: 'tool_calls' }),
    ])
    const { result, error } = await outcomeFor(subject, answer, { tools: [{ name: 'now' }, { name: 'weather' }] })
    assert.equal(error, undefined)
    const ids = (result.choices[0]?.toolCalls ?? []).map(({ id }) => id)
    assert.deepEqual([ids.length, new Set(ids).size, ids.includes('')], [2, 2, false])
  })

  test(`${type} delivers a megabyte of arguments that come in many pieces`, async () => {
    const pieces = ['{"text":"', ...Array.from({ length: 1_000 }, () => 'x'.repeat(1_000)), '"}']
    const answer = answerOf(subject, (words) => [
      ...words.start(),
      ...words.calls([{ id: 'call_a', name: 'write', pieces }]),
      ...words.finish({ ...ending, reason: 'tool_calls' }),
    ])
    const { result, error } = await outcomeFor(subject, answer, { tools: [{ name: 'write' }] })
    assert.equal(error, undefined)
    assert.equal(result.choices[0]?.toolCalls[0]?.arguments, pieces.join(''))
  })

  test(`${type} takes an answer that says nothing, and ends properly, for an answer`, async () => {
    const end = { ...ending, completionTokens: 0 }
    const answer = answerOf(subject, (words) => [...words.start(), ...words.finish(end)])
    const { result, error } = await outcomeFor(subject, answer)
    assert.equal(error, undefined)
    assert.deepEqual([result.choices[0]?.text, result.choices[0]?.finishReason], ['', 'stop'])
  })

  test(`${type} gives an answer that ends in tool calls without any the reason "stop"`, async () => {
    const end = { ...ending, reason: 'tool_calls' } as const
    const answer = answerOf(subject, (words) => [...words.start(), words.text('x'), ...words.finish(end)])
    const { result } = await outcomeFor(subject, answer)
    assert.equal(result.choices[0]?.finishReason, 'stop')
  })

  test(`${type} passes over an event that it does not know`, async () => {
    const answer = answerOf(subject, (words) => [
      ...words.start(),
      words.unknown(),
      words.text('Hello'),
      words.unknown(),
      ...words.finish(ending),
    ])
    const { error, text } = await outcomeFor(subject, answer)
    assert.deepEqual([error, text], [undefined, 'Hello'])
  })

  if (!subject.wire().eventStream) return
  for (const [name, rewrite] of framings) {
    test(`${type} reads an event stream ${name}, whole and byte by byte`, async () => {
      for (const cut of [(bytes: Uint8Array) => [bytes], bytewise]) {
        const answer = answerOf(subject, (words) => cut(Buffer.from(rewrite(Buffer.from(whole(words)).toString()))))
        const { error, text } = await outcomeFor(subject, answer)
        assert.deepEqual([error, text], [undefined, said.join('')])
      }
    })
  }
}

function indexesOf(events: readonly ConversationEvent[], type: 'tool-call-start' | 'tool-call-end'): number[] {
  return events.flatMap((event) => (event.type === type ? [event.index] : []))
}
