/** The sidecar in a process of its own, as `createSidecar` makes it, with one component that asks the mock provider. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSidecar } from '@dapr-chat/sidecar'
import { announce } from '../processes/probe.ts'

const [provider = '', component = ''] = process.argv.slice(2)

const manifest = `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: ${component}
spec:
  type: conversation.openai
  version: v1
  metadata:
    - name: key
      value: bench
    - name: endpoint
      value: ${provider}/v1
`
const folder = mkdtempSync(join(tmpdir(), 'dapr-chat-bench-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
writeFileSync(join(folder, 'bench.yaml'), manifest)

const sidecar = await createSidecar({
  resourcesPaths: [folder],
  httpPort: 0,
  grpcPort: 0,
  metricsPort: 0,
  logLevel: 'error',
})
const { http, grpc } = await sidecar.listen()
announce(`${http} ${grpc}`)
