/** How streams end, on every surface: a failure before the first token, one after it, and ends that only look like one. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  chunk,
  done,
  finish,
  type Piece,
  type RunningSidecar,
  reset,
  type ScriptedAnswer,
  type ScriptedProvider,
  scriptedProvider,
  startSidecar,
  toolDelta,
  upstreamComponent,
} from '@dapr-chat/sidecar/testing'
import { DaprClient } from './harness.ts'
import { type Surface, streamingSurfaces, wholeSurfaces } from './surfaces.ts'

let upstream: ScriptedProvider
let running: RunningSidecar
let grpc: DaprClient
let streaming: Readonly<Record<string, Surface>>
let whole: Readonly<Record<string, Surface>>
/** What the provider answers next. */
let answer: ScriptedAnswer

before(async () => {
  upstream = await scriptedProvider(() => answer)
  running = await startSidecar([upstreamComponent(upstream.url)])
  grpc = new DaprClient(running.grpc)
  streaming = streamingSurfaces(running, grpc)
  whole = wholeSurfaces(running, grpc)
})

after(async () => {
  grpc[Symbol.dispose]()
  await running[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const role = chunk({ role: 'assistant', content: '' })
const overloaded = `data: ${JSON.stringify({ error: { message: 'overloaded', type: 'server_error' } })}\n\n`
const page = { headers: { 'content-type': 'text/html' }, body: '<!DOCTYPE html><html>Welcome</html>' }
const refusal = {
  status: 503,
  headers: { 'content-type': 'application/json' },
  body: '{"error":{"message":"overloaded"}}',
}

/** What goes wrong before anything was said, with the status that OpenAI's callers get. */
const early: Readonly<Record<string, readonly [ScriptedAnswer, openaiStatus: number]>> = {
  'is refused': [refusal, 503],
  'reports an error at once': [{ body: overloaded }, 503],
  'reports an error after the role': [{ body: [role, overloaded] }, 503],
  'breaks off before the first token': [{ body: [role, reset] }, 502],
  'ends before the first token': [{ body: role }, 502],
  'is empty': [{ body: '' }, 502],
  'is a page of HTML': [page, 502],
  'has nothing but its end': [{ body: done }, 502],
}

function statusOf(surface: string, openaiStatus: number): number {
  if (surface.startsWith('OpenAI')) return openaiStatus
  return surface.startsWith('Converse') ? 13 : 500
}

for (const [name, [script, openaiStatus]] of Object.entries(early)) {
  test(`an answer that ${name} is an ordinary status on every surface`, async () => {
    answer = script
    for (const [surface, ask] of Object.entries({ ...streaming, ...whole })) {
      const { text, error } = await ask('Hello?')
      assert.equal(text, '', surface)
      assert.equal(error?.status, statusOf(surface, openaiStatus), `${surface}: ${error?.message}`)
      assert.doesNotMatch(error?.message ?? '', /Welcome/)
    }
  })
}

const hello = [role, chunk({ content: 'Hel' }), chunk({ content: 'lo' })]

/** What goes wrong after something was said. */
const late: Readonly<Record<string, readonly Piece[]>> = {
  'breaks off': [...hello, reset],
  'ends without a finish reason': hello,
  'ends in the middle of an event': [...hello, finish('stop').slice(0, -20)],
  'reports an error': [...hello, overloaded],
  'reports an error and claims to be complete': [...hello, overloaded, done],
  'turns into nonsense': [...hello, 'data: {nonsense\n\n'],
}

for (const [name, body] of Object.entries(late)) {
  test(`a stream that ${name} after its first token gives what came, then an error in band, and never its mark of success`, async () => {
    answer = { body }
    for (const [surface, ask] of Object.entries(streaming)) {
      const { text, error } = await ask('Hello?')
      assert.equal(text, 'Hello', surface)
      assert.deepEqual([error?.status, error?.done], [surface.startsWith('Converse') ? 13 : 200, false], surface)
      assert.notEqual(error?.message, 'no [DONE]', surface)
    }
  })

  test(`an answer that ${name} is no success where it is wanted whole`, async () => {
    answer = { body }
    for (const [surface, ask] of Object.entries(whole)) {
      const { text, error } = await ask('Hello?')
      assert.equal(text, '', surface)
      assert.ok(error && error.status !== 200, surface)
    }
  })
}

test('a stream that breaks off in the middle of a tool call is no success', async () => {
  answer = { body: [role, toolDelta({ index: 0, id: 'call_1', name: 'f', arguments: '{"a"' }), reset] }
  for (const [surface, ask] of Object.entries({ ...streaming, ...whole })) {
    assert.ok((await ask('Hello?')).error, surface)
  }
})

/** Ends that providers really have, and that lose nothing. */
const complete: Readonly<Record<string, readonly Piece[]>> = {
  'has no [DONE]': [...hello, finish('stop')],
  'lacks the last blank line': [...hello, finish('stop').trimEnd()],
  'breaks off after its finish reason': [...hello, finish('stop'), reset],
  'says [DONE] twice': [...hello, finish('stop'), done, done],
  'goes on after [DONE]': [...hello, finish('stop'), done, chunk({ content: ' again' })],
  'gives its finish reason twice': [...hello, finish('stop'), finish('length'), done],
}

for (const [name, body] of Object.entries(complete)) {
  test(`an answer that ${name} is complete on every surface`, async () => {
    answer = { body }
    for (const [surface, ask] of Object.entries({ ...streaming, ...whole })) {
      const { text, error, finishReason = 'stop' } = await ask('Hello?')
      assert.deepEqual(
        { text, error, finishReason },
        { text: 'Hello', error: undefined, finishReason: 'stop' },
        surface,
      )
    }
  })
}
