/** A client that knows nothing of Dapr beforehand: it asks the server for its files, as grpcurl and its like do. */
import { fileURLToPath } from 'node:url'
import { type Client, credentials, loadPackageDefinition, Metadata } from '@grpc/grpc-js'
import { loadFileDescriptorSetFromBuffer, loadSync } from '@grpc/proto-loader'
import { at, DaprClient, type Message } from './harness.ts'

interface ReflectionStream {
  write(request: Message): void
  end(): void
  toArray(): Promise<Message[]>
}

type ReflectionClient = Client & { ServerReflectionInfo(metadata: Metadata): ReflectionStream }

/** Asks for the services and for the files of Dapr's, and makes a client of them. */
export async function reflectedDaprClient(address: string, version: 'v1' | 'v1alpha', metadata = new Metadata()) {
  const file = new URL(`../proto/grpc/reflection/${version}/reflection.proto`, import.meta.resolve('@grpc/reflection'))
  const loaded = loadPackageDefinition(loadSync(fileURLToPath(file), { keepCase: true }))
  const Reflection = at(loaded, 'grpc', 'reflection', version, 'ServerReflection') as new (
    ...args: ConstructorParameters<typeof Client>
  ) => ReflectionClient
  const client = new Reflection(address, credentials.createInsecure())
  try {
    const stream = client.ServerReflectionInfo(metadata)
    stream.write({ list_services: '*' })
    stream.write({ file_containing_symbol: 'dapr.proto.runtime.v1.Dapr' })
    stream.end()
    const [list, files] = await stream.toArray()
    const services = at(list, 'list_services_response', 'service') as { name: string }[]
    const protos = at(files, 'file_descriptor_response', 'file_descriptor_proto') as Buffer[]
    const definition = loadFileDescriptorSetFromBuffer(descriptorSet(protos), {
      keepCase: true,
      longs: String,
    })
    return { services: services.map(({ name }) => name), client: new DaprClient(address, {}, definition) }
  } finally {
    client.close()
  }
}

/** The encoding of `FileDescriptorSet { repeated FileDescriptorProto file = 1; }`. */
function descriptorSet(files: readonly Buffer[]): Buffer {
  return Buffer.concat(files.flatMap((file) => [Buffer.from([0x0a, ...varint(file.length)]), file]))
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)]
}
