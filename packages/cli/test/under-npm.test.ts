import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../bin/dapr-chat.js', import.meta.url))

test('serve ends when the shell that npm started it with is ended, which passes no signal on', async () => {
  const { PATH = '', HOME = '' } = process.env
  // What follows the command keeps every shell from making way for it.
  const line = `"${process.execPath}" "${program}" serve --dapr-http-port=0 --dapr-grpc-port=0 --metrics-port=0 --log-format=json; exit $?`
  const shell = spawn('sh', ['-c', line], {
    env: { PATH, HOME, npm_lifecycle_event: 'start' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let output = ''
  shell.stdout.setEncoding('utf8')
  while (!output.includes('"msg":"ready"')) output += String((await once(shell.stdout, 'data'))[0])
  shell.kill('SIGTERM')
  // The pipe closes when the last process that holds it has ended: the sidecar, not the shell.
  shell.stdout.resume()
  await once(shell.stdout, 'close')
  const http = /"http":"([^"]+)"/.exec(output)?.[1]
  await assert.rejects(fetch(`${http}/v1.0/healthz`))
})
