/**
 * Records the moving picture of README.md: an answer that streams, and one that Ctrl-C stops. `node tools/record-stream.ts`
 * runs the real command against a real sidecar, whose echo takes its time between two words, and writes `docs/images/stream.svg`.
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSidecar } from '@dapr-chat/sidecar'
import { findProgram } from './find-program.ts'
import { animatedSvg } from './recording/animated-svg.ts'
import { record } from './recording/record.ts'
import { repositoryRoot } from './repository.ts'

const picture = join(repositoryRoot, 'docs/images/stream.svg')
const bin = join(repositoryRoot, 'packages/cli/bin/dapr-chat.js')

const echo = `apiVersion: dapr.io/v1alpha1
kind: Component
metadata: { name: echo }
spec: { type: conversation.echo, version: v1, metadata: [{ name: delay, value: 60ms }] }
`

const told = 'The keeper lit the lamp at dusk, word by word, and every ship could read it.'
const stopped = 'The keeper climbs three hundred steps and counts each of them; nobody has to wait.'

if (findProgram(['script']) === undefined) {
  console.error('Cannot record the stream: the program script must be installed: it is not on the PATH')
  process.exit(1)
}
const folder = mkdtempSync(join(tmpdir(), 'dapr-chat-recording-'))
writeFileSync(join(folder, 'echo.yaml'), echo)
const ports = { httpPort: 0, grpcPort: 0, metricsPort: 0 }
const sidecar = await createSidecar({ ...ports, resourcesPaths: [folder], logLevel: 'error' })
try {
  const { port } = new URL((await sidecar.listen()).http)
  const ask = (question: string) => ({
    shown: `npx dapr-chat ask "${question}"`,
    command: [process.execPath, bin, 'ask', question],
  })
  const env = { ...process.env, DAPR_HTTP_PORT: port, NO_COLOR: '', OPENAI_API_KEY: '' }
  const scene = await record([ask(told), { ...ask(stopped), interruptAfter: 'hundred' }], env)
  writeFileSync(picture, animatedSvg(scene, 'An answer arrives word by word; a second one is stopped with Ctrl-C.'))
  console.log(
    `docs/images/stream.svg: ${(statSync(picture).size / 1000).toFixed(0)} kB, ${(scene.durationMs / 1000).toFixed(1)} s`,
  )
} finally {
  await sidecar.close()
  rmSync(folder, { recursive: true, force: true })
}
