import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { isLoopback } from '@dapr-chat/sidecar'
import { startSidecar } from '@dapr-chat/sidecar/testing'
import { repositoryRoot } from '../../tools/repository.ts'
import { runCommand } from '../../tools/run-command.ts'
import { BuildContext } from './build-context.ts'
import { healthCommand, lastOf, readDockerfile, wordsOf } from './dockerfile.ts'
import { readServe } from './serve-command.ts'

const text = readFileSync(join(repositoryRoot, 'Dockerfile'), 'utf8')
const stages = readDockerfile(text)
const [image] = stages.slice(-1)
assert.ok(image)
const manifest = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8'))

test('what is copied from the repository is there, and is not ignored', () => {
  const context = new BuildContext()
  const sources = stages
    .flatMap(({ instructions }) => instructions)
    .filter(({ keyword, flags }) => keyword === 'COPY' && flags.from === undefined)
    .flatMap((copy) => copy.text.split(/\s+/).slice(0, -1))
  assert.ok(sources.length > 5)
  assert.deepEqual(
    sources.filter((source) => source !== '.' && !context.has(source)),
    [],
  )
})

test('every workspace has its manifest copied before packages are installed', () => {
  const [manifests] = stages
  const copied = manifests?.instructions.flatMap((instruction) => instruction.text.split(/\s+/))
  for (const workspace of manifest.workspaces) assert.ok(copied?.includes(`${workspace}/package.json`), workspace)
})

test('neither keys nor made files are sent to Docker', () => {
  const context = new BuildContext()
  for (const path of [
    '.env',
    'packages/cli/.env',
    'node_modules/x',
    'build/cli',
    '.git/config',
    '.dapr-chat/usage.sqlite',
  ]) {
    assert.ok(context.ignores(path), path)
  }
  for (const path of ['packages/cli/src/main.ts', 'tools/build.ts', 'tsconfig.json', 'LICENSE']) {
    assert.ok(!context.ignores(path), path)
  }
})

test('every stage begins from the Node that the project runs on, or from an earlier stage', () => {
  const major = readFileSync(join(repositoryRoot, '.nvmrc'), 'utf8').trim()
  const names = stages.map(({ name }) => name)
  for (const { base } of stages) assert.ok(base === `node:${major}-slim` || names.includes(base), base)
})

test('the image runs as a user who is not root, with only /data to write to', () => {
  assert.equal(lastOf(image, 'USER')?.text, '1000:1000')
  assert.equal(lastOf(image, 'VOLUME')?.text, '/data')
  assert.equal(lastOf(image, 'WORKDIR')?.text, '/data')
})

test('the command has flags that exist, listens on every address, and its ports are those that are exposed', () => {
  const { settings } = readServe(wordsOf(lastOf(image, 'CMD')?.text ?? ''))
  assert.deepEqual(settings.listenAddresses, ['0.0.0.0'])
  assert.ok(!settings.listenAddresses.some(isLoopback))
  const ports = [settings.httpPort, settings.grpcPort, settings.metricsPort]
  assert.equal(lastOf(image, 'EXPOSE')?.text, ports.join(' '))
  assert.ok(text.includes(`COPY packages/cli/components ${settings.resourcesPaths.join()}`))
})

test('it starts with the flags of Node that npm start has', () => {
  const [, ...started] = wordsOf(lastOf(image, 'ENTRYPOINT')?.text ?? '')
  const [, ...byNpm] = manifest.scripts.start.replace(/ serve$/, '').split(' ')
  assert.deepEqual(
    started,
    byNpm.map((word: string) => word.replace(/^packages\//, '/app/packages/')),
  )
})

test('the health command tells a sidecar that answers from a port without one', async () => {
  const [program = '', ...args] = healthCommand(image)
  assert.equal(program, 'node')
  const sidecar = await startSidecar()
  const against = (url: string) => args.map((word) => word.replace('http://127.0.0.1:3500', url))
  const url = sidecar.http
  assert.equal((await runCommand(program, against(url))).exitCode, 0)
  await sidecar[Symbol.asyncDispose]()
  assert.equal((await runCommand(program, against(url))).exitCode, 1)
})

test('a Dockerfile is read with its comments, continued lines and flags', () => {
  const [first, second, ...more] = readDockerfile(
    '# syntax\nFROM node:24-slim AS one\nRUN a \\\n  # why\n  && b\n\nFROM one\nCOPY --from=one /a /b\nCMD ["a b", "c"]\n',
  )
  assert.deepEqual(more, [])
  assert.deepEqual([first?.name, first?.base, second?.name, second?.base], ['one', 'node:24-slim', '', 'one'])
  assert.match(first?.instructions[0]?.text ?? '', /^a\s+&& b$/)
  assert.deepEqual(second?.instructions[0], { keyword: 'COPY', flags: { from: 'one' }, text: '/a /b' })
  assert.deepEqual(wordsOf(second?.instructions[1]?.text ?? ''), ['a b', 'c'])
  assert.throws(() => readDockerfile('RUN a\n'), /must begin with FROM/)
})
