import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { readRunFile } from './app-plan.ts'

describe('the file of several apps', () => {
  let base = ''
  before(async () => {
    base = await mkdtemp(join(tmpdir(), 'dapr-chat-run-file-'))
    for (const folder of ['shop/.dapr/resources', 'shop/own', 'cart', 'shared']) {
      await mkdir(join(base, folder), { recursive: true })
    }
    await writeFile(join(base, 'config.yaml'), '')
  })
  after(() => rm(base, { recursive: true, force: true }))

  it('gives each app the words of a run of its own; what an app says wins over the common section', () => {
    const { apps, passedOver } = readRunFile(
      `
version: 1
common:
  resourcesPath: ./shared
  configFilePath: config.yaml
  logLevel: warn
  appLogDestination: file
  env: { COLOUR: red, SIZE: 3 }
apps:
  - appDirPath: ./shop/
    appPort: 8080
    daprHTTPPort: 3510
    logLevel: debug
    command: [node, app.js, --flag]
    env: { COLOUR: blue, DEBUG: true }
  - appID: basket
    appDirPath: cart
`,
      base,
    )
    assert.deepEqual(passedOver, ['appLogDestination'])
    assert.deepEqual(apps[0], {
      appId: 'shop',
      folder: join(base, 'shop'),
      words: [
        ...[
          'run',
          '--app-id',
          'shop',
          '--app-port=8080',
          '--dapr-http-port=3510',
          '--dapr-grpc-port=0',
          '--metrics-port=0',
        ],
        ...['--log-level=debug', '--resources-path', join(base, 'shop/.dapr/resources')],
        ...['--config', join(base, 'config.yaml'), '--', 'node', 'app.js', '--flag'],
      ],
      environment: { COLOUR: 'blue', SIZE: '3', DEBUG: 'true' },
    })
    assert.deepEqual(apps[1]?.words, [
      ...['serve', '--app-id', 'basket', '--dapr-http-port=0', '--dapr-grpc-port=0', '--metrics-port=0'],
      ...['--log-level=warn', '--resources-path', join(base, 'shared'), '--config', join(base, 'config.yaml')],
    ])
  })

  it("takes an app's own resources, from the app's folder", () => {
    const { apps } = readRunFile('version: 1\napps: [{ appDirPath: shop, resourcesPaths: [own, ../shared] }]', base)
    assert.deepEqual(apps[0]?.words.slice(-4), [
      ...['--resources-path', join(base, 'shop/own'), '--resources-path', join(base, 'shared')],
    ])
  })

  for (const [what, text, message, line] of [
    ['another version', 'version: 2\napps: []', /version must be 1/, 1],
    ['no apps', 'version: 1\napps: []', /apps must name at least one app/, 2],
    ['an app without a folder', 'version: 1\napps:\n  - appID: x', /appDirPath must be set/, 3],
    ['a folder that is not there', 'version: 1\napps:\n  - appDirPath: none', /must be there: there is no /, 3],
    ['two apps of one id', 'version: 1\napps:\n  - appDirPath: shop\n  - appDirPath: shop', /another one than that/, 4],
    ['a command that is none', 'version: 1\napps:\n  - appDirPath: shop\n    command: { a: 1 }', /must be a list/, 4],
    ['text that is no YAML', 'version: [', /must be valid YAML/, 1],
  ] as const) {
    it(`names the line of ${what}`, () => {
      assert.throws(
        () => readRunFile(text, base),
        (error: Error & { line?: number }) => {
          assert.match(error.message, message)
          assert.equal(error.line, line)
          return true
        },
      )
    })
  }
})
