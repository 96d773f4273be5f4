/** Dapr's echo component where it streams, which daprd does not do. Its whole answers are cases of the suite. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventsOf, post, startSidecar } from '@dapr-chat/sidecar/testing'

test('echo streams over alpha1: a chunk for each word, then exactly one complete', async () => {
  await using running = await startSidecar()
  const path = '/v1.0-alpha1/conversation/echo/converse'
  const body = { inputs: [{ content: 'well hello there' }], contextID: 'x' }
  const answer = await post(running.http, path, body, { accept: 'text/event-stream' })
  assert.equal(answer.status, 200)
  const data = eventsOf(answer.text).map((event) => event.data)
  assert.equal(data.pop(), '[DONE]')
  const { complete } = JSON.parse(data.pop() ?? '')
  assert.deepEqual([complete.contextID, complete.outputs[0].result], ['x', 'well hello there'])
  assert.deepEqual(
    data.map((each) => JSON.parse(each).chunk.parts[0].text.text),
    ['well', ' hello', ' there'],
  )
})
