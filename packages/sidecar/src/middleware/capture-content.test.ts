import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ConversationCall, type ConversationEvent, type Converse, collect, compose } from '@dapr-chat/protocol'
import { callOf } from '../../testing/index.ts'
import { CallBook } from '../observability/call-book.ts'
import { ContentBook } from '../observability/content-book.ts'
import { captureContent } from './capture-content.ts'
import { scrubInput } from './scrub/input.ts'
import { scrubOutput } from './scrub/output.ts'
import { telemetry } from './telemetry.ts'

const component = { name: 'gpt', type: 'conversation.openai', provider: 'openai', model: 'm', endpoint: undefined }

/** A component that says these texts, with its words kept, and the ids of its calls. */
function captured(...texts: readonly string[]) {
  const provider: Converse = async function* says() {
    for (const text of texts) yield [{ type: 'text-delta', choice: 0, text }] satisfies ConversationEvent[]
    yield [
      { type: 'text-delta', choice: 1, text: 'another choice' },
      { type: 'finish', choice: 1, reason: 'stop' },
      { type: 'finish', choice: 0, reason: 'stop' },
    ]
  }
  const contents = new ContentBook()
  const calls = new CallBook({ priceOf: () => undefined, contents, reportInternal: assert.ifError })
  const ids: string[] = []
  calls.add({ ended: ({ id }) => ids.push(id) })
  const converse = compose(provider, [
    telemetry(calls, component),
    scrubInput(),
    captureContent(contents),
    scrubOutput(new Set()),
  ])
  const ask = async (call: ConversationCall) => {
    await collect(converse(call))
    return ids.at(-1) ?? ''
  }
  return { ask, calls, ids }
}

const question = (text: string) => callOf({ messages: [{ role: 'user', content: [{ type: 'text', text }] }] })

test('what was said is kept as it can be asked again, with the answer of the first choice', async () => {
  const { ask, calls } = captured('Hel', 'lo')
  const id = await ask(question('Who are you?'))
  assert.deepEqual(calls.content(id), {
    request: { model: 'test', messages: [{ role: 'user', content: 'Who are you?' }] },
    answer: 'Hello',
  })
})

test('personal data that was to be taken out is kept nowhere', async () => {
  const { ask, calls } = captured('Write to anna', '@example.com.')
  const { request, ...call } = question('I am bert@example.com')
  const id = await ask({ ...call, request: { ...request, scrub: { messages: [0], output: true } } })
  assert.doesNotMatch(JSON.stringify(calls.content(id)), /@example/)
  assert.match(JSON.stringify(calls.content(id)), /EMAIL/)
})

test('the last two hundred calls are kept', async () => {
  const { ask, calls, ids } = captured('Hi')
  for (let call = 0; call < 201; call++) await ask(question(`Number ${call}`))
  const kept = ids.filter((id) => calls.content(id) !== undefined)
  assert.equal(kept.length, 200)
  assert.equal(calls.content(ids[0] ?? ''), undefined)
})

test('long requests and answers are cut, so that memory has a bound', async () => {
  const { ask, calls } = captured('x'.repeat(100_000), 'x'.repeat(100_000))
  const id = await ask(question('y'.repeat(200_000)))
  const content = calls.content(id)
  assert.equal(content?.answer.length, 128 * 1024)
  assert.match(String(content?.request.omitted), /the request has 200\d\d\d characters/)
})
