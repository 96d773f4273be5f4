/** The same for what runs in Node: the published sidecar, the client over gRPC and the clients of others, on the program of `core.ts`. */
import { DaprChatClient } from '@dapr-chat/client'
import { createDapr } from '@dapr-chat/client/ai-sdk'
import type { fileStore } from '@dapr-chat/client/file-store'
import { grpcTransport } from '@dapr-chat/client/grpc'
import { ChatDapr } from '@dapr-chat/client/langchain'
import type { fromMcp } from '@dapr-chat/client/mcp'
import type { Prompt } from '@dapr-chat/client/prompts'
import type { telemetry } from '@dapr-chat/client/telemetry'
import { createSidecar } from '@dapr-chat/sidecar'
import { advice, consume } from './core.ts'

/** Compiled, so that the types of optional peers are, and not called. */
export type Optional = [typeof fromMcp, typeof Prompt, typeof telemetry, typeof fileStore]

const [resources = ''] = process.argv.slice(2)
const sidecar = await createSidecar({
  httpPort: 0,
  grpcPort: 0,
  metricsPort: 0,
  resourcesPaths: [resources],
  storePath: ':memory:',
  logLevel: 'error',
})
try {
  const { http, grpc } = await sidecar.listen()
  const said = [...(await consume(http))]
  await using overGrpc = new DaprChatClient({ component: 'echo', transport: grpcTransport({ endpoint: grpc }) })
  said.push((await overGrpc.generate('nine')).text)
  await using dapr = createDapr({ endpoint: { http } })
  said.push(dapr('echo').modelId)
  const chat = new ChatDapr({ component: 'echo', clientOptions: { endpoint: { http } } })
  said.push((await chat.invoke('ten')).text)
  console.log(JSON.stringify(said))
} catch (error) {
  console.error(advice(error) ?? error)
  process.exitCode = 1
} finally {
  await sidecar.close()
}
