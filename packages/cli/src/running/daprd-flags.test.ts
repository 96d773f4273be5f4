import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultSettings } from '@dapr-chat/sidecar'
import { parseArguments } from '../arguments/parse.ts'
import { runFlags } from '../commands/run-flags.ts'
import { daprdFlags, flagsOfOurOwn } from './daprd-flags.ts'

function given(line: string) {
  return parseArguments(runFlags, line.split(' ')).values
}

test('daprd gets its own flags as they were given, with the ports and folders that were decided', () => {
  const values = given(
    '-a x -H 0 -d ours --daprd y --config a.yaml --config b.yaml --enable-api-logging=false --placement-host-address= --log-level debug --prices p',
  )
  assert.deepEqual(daprdFlags(values, { ...defaultSettings, appId: 'x', logFormat: 'json' }, ['f', 'g']), [
    ...['--app-id', 'x', '--dapr-http-port', '3500', '--dapr-grpc-port', '50001', '--metrics-port', '9090'],
    ...['--resources-path', 'f', '--resources-path', 'g', '--log-as-json'],
    ...[
      '--config=a.yaml',
      '--config=b.yaml',
      '--enable-api-logging=false',
      '--placement-host-address=',
      '--log-level=debug',
    ],
  ])
  assert.deepEqual(flagsOfOurOwn(values), ['--prices'])
})
