/** Dapr's own SDK for JavaScript against the sidecar, over both protocols: what its applications do at start and end. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CommunicationProtocolEnum, DaprClient, LogLevel } from '@dapr/dapr'
import grpcClientModule from '@dapr/dapr/implementation/Client/GRPCClient/GRPCClient.js'
import { startSidecar } from '@dapr-chat/sidecar/testing'

for (const protocol of ['HTTP', 'GRPC'] as const) {
  const connect = (address: string, daprApiToken?: string) => {
    const { hostname, port } = new URL(address.includes('://') ? address : `grpc://${address}`)
    return new DaprClient({
      daprHost: hostname,
      daprPort: port,
      communicationProtocol: CommunicationProtocolEnum[protocol],
      logger: { level: LogLevel.Error },
      ...(daprApiToken !== undefined && { daprApiToken }),
    })
  }

  test(`@dapr/dapr over ${protocol} starts, reads and sets metadata, and finds the sidecar healthy`, async () => {
    await using running = await startSidecar(undefined, { appId: 'my-app' })
    const client = connect(protocol === 'HTTP' ? running.http : running.grpc)
    try {
      await client.start()
      assert.equal(client.getIsInitialized(), true)
      assert.equal(await client.health.isHealthy(), true)
      assert.equal(await client.metadata.set('cliPID', '1234'), true)
      const metadata = await client.metadata.get()
      assert.equal(metadata.id, 'my-app')
      assert.equal(metadata.extended.cliPID, '1234')
      assert.deepEqual(
        metadata.components.map(({ name, type, version }) => ({ name, type, version })),
        [{ name: 'echo', type: 'conversation.echo', version: 'v1' }],
      )
    } finally {
      await client.stop()
    }
  })

  test(`@dapr/dapr over ${protocol} sends its token`, async () => {
    await using running = await startSidecar(undefined, { apiToken: 'right' })
    const client = connect(protocol === 'HTTP' ? running.http : running.grpc, 'right')
    try {
      await client.start()
      assert.equal((await client.metadata.get()).components.length, 1)
    } finally {
      await client.stop()
    }
  })

  test(`@dapr/dapr over ${protocol} shuts the sidecar down`, async () => {
    await using running = await startSidecar()
    const client = connect(protocol === 'HTTP' ? running.http : running.grpc)
    try {
      await client.start()
      await client.sidecar.shutdown()
      await running.sidecar.shutdownRequested
    } finally {
      await client.stop()
    }
  })
}

test("@dapr/dapr's gRPC client holds a conversation with a tool", async () => {
  await using running = await startSidecar()
  const { hostname, port } = new URL(`grpc://${running.grpc}`)
  const sdk = new grpcClientModule.default({ daprHost: hostname, daprPort: port, logger: { level: LogLevel.Error } })
  try {
    await sdk.start()
    // The SDK has no method of its own for conversations: its generated client is what applications call.
    const client = await sdk.getClient()
    const question = { content: [{ text: 'What is the weather?' }] }
    const tools = [{ toolTypes: { case: 'function' as const, value: { name: 'get_weather' } } }]
    const asked = { messageTypes: { case: 'ofUser' as const, value: question } }
    const first = await client.converseAlpha2({ name: 'echo', inputs: [{ messages: [asked] }], tools })
    const [choice] = first.outputs[0]?.choices ?? []
    assert.equal(choice?.finishReason, 'tool_calls')
    const [call] = choice.message?.toolCalls ?? []
    assert.ok(call)
    assert.deepEqual(call.toolTypes.case === 'function' && call.toolTypes.value.name, 'get_weather')

    const called = { messageTypes: { case: 'ofAssistant' as const, value: { content: [], toolCalls: [call] } } }
    const result = { toolId: call.id, name: 'get_weather', content: [{ text: 'sunny' }] }
    const answered = { messageTypes: { case: 'ofTool' as const, value: result } }
    const second = await client.converseAlpha2({ name: 'echo', inputs: [{ messages: [asked, called, answered] }] })
    assert.match(second.outputs[0]?.choices[0]?.message?.content ?? '', /What is the weather\?.*sunny/s)
  } finally {
    await sdk.stop()
  }
})
