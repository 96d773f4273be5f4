/**
 * Generates `packages/protocol/src/dapr/gen` from the protobuf definitions; run by `npm run generate` after a change
 * in `packages/protocol/proto`. Works offline: the compiler and the plugin are development dependencies, and the
 * well-known types come with the compiler.
 */
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = `${root}node_modules/.bin/`
const out = `${root}packages/protocol/src/dapr/gen`

// JavaScript with declarations: generated enums are not TypeScript that Node can strip.
const template = {
  version: 'v2',
  plugins: [{ local: [`${bin}protoc-gen-es`], out, opt: ['target=js+dts', 'import_extension=js'] }],
}

rmSync(out, { recursive: true, force: true })
execFileSync(`${bin}buf`, ['generate', `${root}packages/protocol/proto`, '--template', JSON.stringify(template)], {
  stdio: 'inherit',
})
