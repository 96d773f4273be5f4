/** Callers get their trace context back, over both APIs and whatever becomes of the call. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callGrpc, post, send, startSidecar } from '../testing/index.ts'

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const tracestate = 'vendor=1'
const binary = Buffer.from('00000af7651916cd43dd8448eb211c80319c01b7ad6b71692033310201', 'hex')
const path = '/v1.0-alpha2/conversation/echo/converse'
const question = { inputs: [{ messages: [{ ofUser: { content: [{ text: 'hello' }] } }] }] }

test('HTTP answers carry the trace context of their request', async () => {
  await using running = await startSidecar()
  const answers = [
    await post(running.http, path, question, { traceparent, tracestate }),
    await post(running.http, path, question, { traceparent, tracestate, accept: 'text/event-stream' }),
    await post(running.http, path, {}, { traceparent, tracestate }),
    await send(running.http, '/nothing', { headers: { traceparent, tracestate } }),
  ]
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 400, 404],
  )
  for (const { headers } of answers) {
    assert.deepEqual([headers.traceparent, headers.tracestate], [traceparent, tracestate])
  }
})

test('HTTP answers carry none where the request has none, and a malformed one harms nothing', async () => {
  await using running = await startSidecar()
  for (const given of [{}, { traceparent: 'nonsense', tracestate }, { tracestate }, { baggage: '' }]) {
    const { status, headers } = await post(running.http, path, question, given)
    assert.deepEqual(
      [status, headers.traceparent, headers.tracestate, headers.baggage],
      [200, undefined, undefined, undefined],
    )
  }
})

for (const method of ['GetMetadata', 'ConverseAlpha2', 'ConverseStreamAlpha2', 'ConverseStreamAlpha1']) {
  test(`${method} over gRPC gives back either form of the trace context in both forms`, async () => {
    await using running = await startSidecar()
    for (const sent of [
      { traceparent },
      { 'grpc-trace-bin': binary },
      { 'grpc-trace-bin': binary, traceparent: 'no' },
    ]) {
      const { headers } = await callGrpc(running.grpc, method, undefined, sent)
      assert.deepEqual(headers.get('traceparent'), [traceparent])
      assert.deepEqual(headers.get('grpc-trace-bin'), [binary])
    }
    const { headers } = await callGrpc(running.grpc, method, undefined, { 'grpc-trace-bin': Buffer.alloc(3) })
    assert.deepEqual([headers.get('traceparent'), headers.get('grpc-trace-bin')], [[], []])
  })
}

test('baggage comes back, and what is none is refused, but for health', async () => {
  await using running = await startSidecar()
  const baggage = 'tenant=a%20b;internal,user=1'
  for (const accept of ['application/json', 'text/event-stream']) {
    const { status, headers } = await post(running.http, path, question, { baggage, accept })
    assert.deepEqual([status, headers.baggage], [200, baggage])
  }
  const refused = await post(running.http, path, question, { baggage: 'nonsense;;=' })
  assert.deepEqual(
    [refused.status, refused.headers['content-type'], refused.headers.baggage],
    [400, 'text/plain; charset=utf-8', undefined],
  )
  assert.match(refused.text, /^invalid baggage header: /)
  assert.equal((await send(running.http, '/v1.0/healthz', { headers: { baggage: '=;,' } })).status, 204)
})

for (const method of ['GetMetadata', 'ConverseStreamAlpha2']) {
  test(`baggage comes back from ${method} over gRPC, and what is none is refused`, async () => {
    await using running = await startSidecar()
    const { headers } = await callGrpc(running.grpc, method, undefined, { baggage: 'a=b' })
    assert.deepEqual(headers.get('baggage'), ['a=b'])
    const refused = await callGrpc(running.grpc, method, undefined, { baggage: '=;,' })
    assert.equal(refused.code, 3)
    assert.match(refused.details, /invalid baggage header/)
    assert.deepEqual(refused.headers.get('baggage'), [])
  })
}
