/** The sidecar in a process of its own, as `createSidecar` makes it, with one component. Its argument is the component as JSON. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSidecar } from '@dapr-chat/sidecar'
import { announce } from '../processes/probe.ts'

const [component = ''] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'dapr-chat-bench-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
// Every JSON text is YAML too.
writeFileSync(join(folder, 'bench.yaml'), component)

const sidecar = await createSidecar({
  resourcesPaths: [folder],
  httpPort: 0,
  grpcPort: 0,
  metricsPort: 0,
  logLevel: 'error',
})
const { http, grpc } = await sidecar.listen()
announce(`${http} ${grpc}`)
