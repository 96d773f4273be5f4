import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultSettings } from '@dapr-chat/sidecar'
import { parseArguments } from '../arguments/parse.ts'
import { serveFlags } from '../commands/serve-flags.ts'
import { serveSettings } from './settings.ts'

function settingsOf(...words: string[]) {
  return serveSettings(
    parseArguments(serveFlags, words).values,
    {},
    { folders: ['./components'], addresses: ['127.0.0.1'] },
  )
}

/** Flags as daprd or `dapr run` gets them, and what they change. */
const cases: readonly (readonly [words: string, changed: Partial<typeof defaultSettings>])[] = [
  ['-a my-app -H 1 -G 2 -M 3', { appId: 'my-app', httpPort: 1, grpcPort: 2, metricsPort: 3 }],
  ['-app-id=my-app -dapr-http-port 1', { appId: 'my-app', httpPort: 1 }],
  ['-d a,b -resources-path c', { resourcesPaths: ['a', 'b', 'c'] }],
  ['--components-path a', { resourcesPaths: ['a'] }],
  ['--components-path a --resources-path b', { resourcesPaths: ['b'] }],
  ['-c one.yaml --config two.yaml', { configurationFiles: ['one.yaml', 'two.yaml'] }],
  ['--config=', {}],
  ['--enable-hot-reload', { hotReload: true }],
  ['--enable-hot-reload=false', { hotReload: false }],
  ['--hot-reload-reconcile-interval 5m', { hotReloadReconcileMs: 300_000 }],
  ['--hot-reload-reconcile-interval=0s', {}],
  ['-u /run/dapr', { unixSocketFolder: '/run/dapr' }],
  ['--unix-domain-socket=', {}],
  [
    '--allowed-origins https://a.example,https://b.example',
    { allowedOrigins: ['https://a.example', 'https://b.example'] },
  ],
  ['--enable-metrics=false', { metricsEnabled: false }],
  ['--enable-console=false', { consoleEnabled: false }],
  ['--metrics-listen-address 0.0.0.0', { metricsListenAddress: '0.0.0.0' }],
  ['--log-as-json', { logFormat: 'json' }],
  ['--log-as-json --log-format text', {}],
  ['--enable-api-logging', { apiLogging: true }],
  ['--enable-api-logging=false', { apiLogging: false }],
  ['--max-body-size 8Mi --dapr-http-max-request-size 1', { maxBodyBytes: 8 * 1024 ** 2 }],
  ['--dapr-http-max-request-size 16', { maxBodyBytes: 16 * 1024 ** 2 }],
  ['--dapr-http-max-request-size -1', {}],
  ['--max-body-size 0', { maxBodyBytes: 1024 ** 3 }],
  ['--read-buffer-size 8Ki', { maxHeaderBytes: 8192 }],
  ['--dapr-http-read-buffer-size 32', { maxHeaderBytes: 32 * 1024 }],
  ['--dapr-graceful-shutdown-seconds 7', { gracefulShutdownMs: 7000 }],
  ['--store-path data/c.sqlite --store-max-size 100Mi', { storePath: 'data/c.sqlite', storeMaxBytes: 100 * 1024 ** 2 }],
  ['--store-path=', {}],
  [
    '--store-dapr-state conversations --store-max-conversation-size 256Ki --store-timeout 2s',
    { storeDaprState: 'conversations', storeMaxConversationBytes: 256 * 1024, storeTimeoutMs: 2_000 },
  ],
  ['--store-dapr-state= --store-timeout 0', {}],
  [
    '--usage-path :memory: --usage-max-size 1Mi --usage-max-age 24h',
    { usagePath: ':memory:', usageMaxBytes: 1024 ** 2, usageMaxAgeMs: 24 * 3_600_000 },
  ],
  ['--prices prices.yaml --capture-content', { pricesFile: 'prices.yaml', captureContent: true }],
  ['--mode standalone', {}],
  ['-p 3000', { app: { port: 3000, protocol: 'http', channelAddress: '127.0.0.1', maxConcurrency: -1 } }],
  [
    '--app-port 3000 -P grpc --app-channel-address app --app-max-concurrency 4',
    { app: { port: 3000, protocol: 'grpc', channelAddress: 'app', maxConcurrency: 4 } },
  ],
  // What the Dapr CLI passes on beside these concerns parts that do not exist here.
  [
    '--app-max-concurrency -1 --placement-host-address localhost:50005 --scheduler-host-address localhost:50006 -I 5 --profile-port 7 --enable-profiling --app-ssl --enable-mtls=false',
    {},
  ],
]

describe('serveSettings()', () => {
  for (const [words, changed] of cases) {
    it(`reads ${words}`, () => {
      assert.deepEqual(settingsOf(...words.split(' ')), {
        ...defaultSettings,
        resourcesPaths: ['./components'],
        usagePath: '.dapr-chat/usage.sqlite',
        ...changed,
      })
    })
  }

  it('knows every flag of daprd, with one dash and with two', () => {
    const words = (dash: string) =>
      Object.entries(serveFlags).flatMap(([name, { type }]) => {
        if (type === 'boolean') return [`${dash}${name}`]
        return 'ignored' in serveFlags[name as keyof typeof serveFlags] ? [`${dash}${name}`, 'any'] : []
      })
    for (const dash of ['-', '--']) assert.doesNotThrow(() => settingsOf(...words(dash)))
  })

  it('refuses a number of a unit that is none', () => {
    assert.throws(() => settingsOf('--dapr-http-max-request-size', '4Mi'), /must be a whole number/)
  })
})
