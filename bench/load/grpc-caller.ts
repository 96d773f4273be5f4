/** The load over gRPC: `@grpc/grpc-js` on one connection, as an application has it, messages counted and not decoded. */
import { join } from 'node:path'
import { Client, credentials, type ServiceDefinition } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { repositoryRoot } from '../../tools/repository.ts'
import { type Script, writePrompt } from '../provider/script.ts'
import { type Caller, expectFrames, type OpenStream } from './caller.ts'

const SERVICE = 'dapr.proto.runtime.v1.Dapr'

/** A client of Dapr's service. @param address `host:port`. */
export function grpcCaller(address: string, component: string): Caller {
  const definition = loadSync('dapr/proto/runtime/v1/dapr.proto', {
    includeDirs: [join(repositoryRoot, 'packages/protocol/proto')],
  })
  const service = definition[SERVICE] as ServiceDefinition
  const converse = service.ConverseAlpha2
  const converseStream = service.ConverseStreamAlpha2
  if (!converse || !converseStream) throw new Error(`Cannot call ${SERVICE}: it must have the methods of alpha2`)
  const { path: wholePath, requestSerialize } = converse
  const { path: streamPath } = converseStream
  const client = new Client(address, credentials.createInsecure())
  const asIs = (bytes: Buffer) => bytes
  const encode = (script: Script) =>
    requestSerialize({
      name: component,
      inputs: [{ messages: [{ ofUser: { content: [{ text: writePrompt(script) }] } }] }],
    })

  function whole(script: Script): Promise<void> {
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(wholePath, asIs, asIs, encode(script), (error) => (error ? reject(error) : resolve()))
    })
  }

  function stream(script: Script, onFrames: (count: number) => void): OpenStream {
    const { promise: ended, resolve, reject } = Promise.withResolvers<number>()
    const call = client.makeServerStreamRequest(streamPath, asIs, asIs, encode(script))
    let frames = 0
    let left = false
    call.on('data', () => {
      frames += 1
      onFrames(1)
    })
    call.on('error', (error) => (left ? resolve(frames) : reject(error)))
    call.on('end', () => resolve(frames))
    const cancel = () => {
      left = true
      call.cancel()
    }
    const checked = ended.then((count) => {
      if (!left) expectFrames(count, script)
      return count
    })
    return { ended: checked, cancel }
  }

  return { whole, stream, close: async () => client.close() }
}
