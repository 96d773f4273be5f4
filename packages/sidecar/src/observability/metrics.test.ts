import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Metrics } from './metrics.ts'

test('Metrics counts and times conversations under the names and labels of daprd', async () => {
  const metrics = new Metrics('app', '', () => 3)
  metrics.recordConversation('echo', true, 12)
  metrics.recordConversation('echo', true, 30)
  metrics.recordConversation('echo', false, 0)
  const text = await metrics.text()
  const labels = 'app_id="app",component="echo",success'
  assert.ok(text.includes(`dapr_component_conversation_count{${labels}="true"} 2`), text)
  assert.ok(text.includes(`dapr_component_conversation_count{${labels}="false"} 1`))
  assert.ok(text.includes(`dapr_component_conversation_latencies_sum{${labels}="true"} 42`))
  assert.ok(
    text.includes(
      'dapr_component_conversation_latencies_bucket{le="13",app_id="app",component="echo",success="true"} 1',
    ),
  )
  assert.ok(!text.includes('namespace='), 'an empty label is left out')
  assert.ok(text.includes('dapr_chat_open_calls 3'))
})

test('Metrics carries the namespace where there is one', async () => {
  const metrics = new Metrics('app', 'prod', () => 0)
  metrics.recordConversation('echo', true, 1)
  assert.ok((await metrics.text()).includes('namespace="prod"'))
})
