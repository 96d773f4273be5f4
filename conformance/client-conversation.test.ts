/**
 * Conversations through the whole project: our client against a running sidecar, whose provider follows a script. What is
 * sent of the history is read where the provider gets it.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { AbortedError, type ChatInput, DaprChatClient, memoryStore, tool } from '@dapr-chat/client'
import { Prompt } from '@dapr-chat/client/prompts'
import { chunk, done, finish, silence, startSidecar, textAnswer, toolDelta, usage } from '@dapr-chat/sidecar/testing'
import * as z from 'zod'
import { type AnsweringSidecar, answeringSidecar, type WireRequest } from './clients/answering-sidecar.ts'
import { at } from './harness.ts'

let sidecar: AnsweringSidecar
let client: DaprChatClient

before(async () => {
  sidecar = await answeringSidecar()
  client = new DaprChatClient({ endpoint: { http: sidecar.http }, component: 'gpt', retry: false })
})

after(async () => {
  await client[Symbol.asyncDispose]()
  await sidecar[Symbol.asyncDispose]()
})

/** Role and text of every message of a request. */
const said = (request: WireRequest | undefined) =>
  request?.messages.map(({ role, content }) => `${role}: ${content ?? ''}`)

const getWeather = tool({
  name: 'get_weather',
  description: 'Current weather',
  input: z.object({ location: z.string() }),
  execute: ({ location }) => `Sunny in ${location}`,
})

const callWeather = [
  toolDelta({ index: 0, id: 'call_1', name: 'get_weather', arguments: '{"location":"Paris"}' }),
  finish('tool_calls'),
  usage(1, 1),
  done,
]

test('the second question takes along the first, with its tool call and the result', async () => {
  sidecar.provide(callWeather, textAnswer('Sunny.'), textAnswer('Alice.'))
  const chat = client.conversation({ tools: [getWeather], maxSteps: 3 })
  await chat.send('My name is Alice. Weather in Paris?')
  const { text } = await chat.send('What was my name?')
  assert.equal(text, 'Alice.')
  const [, , third] = sidecar.asked()
  assert.deepEqual(said(third), [
    'user: My name is Alice. Weather in Paris?',
    'assistant: ',
    'tool: Sunny in Paris',
    'assistant: Sunny.',
    'user: What was my name?',
  ])
  assert.equal(at(third, 'messages', 1, 'tool_calls', 0, 'id'), 'call_1')
  assert.equal(at(third, 'messages', 2, 'tool_call_id'), 'call_1')
})

test('two questions at once are answered in turn, and no call is sent without its result', async () => {
  sidecar.provide(callWeather, textAnswer('Sunny.'), textAnswer('Yes.'))
  const chat = client.conversation({ tools: [getWeather], maxSteps: 3 })
  await Promise.all([chat.send('Weather in Paris?'), chat.send('Really?')])
  assert.deepEqual(
    sidecar.asked().map(({ messages }) => messages.map(({ role }) => role)),
    [['user'], ['user', 'assistant', 'tool'], ['user', 'assistant', 'tool', 'assistant', 'user']],
  )
})

for (const onAbort of ['discard', 'keep-partial'] as const) {
  test(`a stream that is cancelled in its second step leaves no half of a tool call behind, with ${onAbort}`, async () => {
    const half = async function* () {
      yield chunk({ content: 'It is ' })
      await silence
    }
    sidecar.provide(callWeather, { body: half() }, textAnswer('Well.'))
    const store = memoryStore()
    const chat = client.conversation({ id: 'a', store, tools: [getWeather], maxSteps: 3, onAbort })
    const stream = chat.stream('Weather in Paris?')
    await assert.rejects(async () => {
      for await (const text of stream.textStream) if (text === 'It is ') stream.cancel()
    }, AbortedError)
    await chat.send('Go on.')
    const kept =
      onAbort === 'discard'
        ? []
        : ['user: Weather in Paris?', 'assistant: ', 'tool: Sunny in Paris', 'assistant: It is ']
    assert.deepEqual(said(sidecar.asked()[2]), [...kept, 'user: Go on.'])
    const [turn] = (await store.load('a', 100))?.turns ?? []
    assert.equal(turn?.interrupted, onAbort === 'discard' ? undefined : true)
  })
}

test('a text, a prompt with a question in it, and a message of a user are the same to echo', async () => {
  await using echo = await startSidecar()
  await using llm = new DaprChatClient({ endpoint: { http: echo.http } })
  const ask = async (input: ChatInput) => (await llm.generate(input)).choices[0].message.content
  const prompt = Prompt.parse(
    '---\nname: Basic\ninputs:\n  - name: question\n    kind: string\n---\nuser:\n{{question}}\n',
  )
  assert.equal(await ask('Name a famous dog!'), 'Name a famous dog!')
  assert.equal(await ask(prompt.render({ question: 'Name a famous dog!' })), 'Name a famous dog!')
  assert.equal(await ask({ role: 'user', content: 'hello' }), 'hello')
})

test('chunks without choices bring the counts, and pieces of two calls that alternate become two calls', async () => {
  sidecar.provide([chunk({ content: 'Hel' }), chunk({ content: 'lo' }), finish('stop'), usage(638, 238), done])
  const stream = client.generateStream('hi')
  const chunks: unknown[] = []
  for await (const each of stream) chunks.push(each)
  assert.deepEqual(at(chunks.at(-1), 'choices'), [])
  const { text, usage: counted } = await stream.result
  assert.deepEqual([text, counted?.total_tokens], ['Hello', 876])

  sidecar.provide([
    toolDelta({ index: 0, id: 'a', name: 'find', arguments: '{' }),
    toolDelta({ index: 1, id: 'b', name: 'say', arguments: '{' }),
    toolDelta({ index: 0, arguments: '"q":"py"' }),
    toolDelta({ index: 1, arguments: '"text":"hi"}' }),
    toolDelta({ index: 0, arguments: '}' }),
    finish('tool_calls'),
    done,
  ])
  const { toolCalls } = await client.generateStream('hi', { tools: [{ name: 'find' }, { name: 'say' }] }).result
  assert.deepEqual(
    toolCalls.map(({ id, function: called }) => [id, called.name, called.arguments]),
    [
      ['a', 'find', '{"q":"py"}'],
      ['b', 'say', '{"text":"hi"}'],
    ],
  )
})
