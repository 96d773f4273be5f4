import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { repositoryFiles, repositoryRoot } from './repository.ts'
import { commandProblems } from './shell-commands.ts'

const sound: readonly string[] = [
  'npx dapr-chat ask --component openai "Tell me; a story | or two"',
  'npx dapr-chat run --app-id my-app --app-port 3000 -- node app.js --whatever',
  'npx dapr-chat serve --app-id a \\\n  --dapr-http-port 3500 # the usual one',
  'eval "$(dapr-chat completion bash)"',
  'npm ci && npm test -- some words\nnpm run check -- --list',
  'npm run dapr:dev -- --app-id a --components ./components',
  'A=1 B="2 3" npx node examples/custom-provider.ts',
  'docker run --env TOKEN="$(openssl rand -hex 32)" image',
]
for (const code of sound) {
  test(`nothing is wrong with ${JSON.stringify(code)}`, () => assert.deepEqual(commandProblems(code), []))
}

const unsound: readonly (readonly [code: string, problem: RegExp])[] = [
  ['npx dapr-chat aks "Hello"', /no command "aks"/],
  ['npx dapr-chat ask --componnt echo x', /dapr-chat ask: .*componnt/],
  ['npm run cheque', /no script "cheque"/],
  ['npm run dapr:dev -- --no-such-flag', /dapr-chat dev: .*no-such-flag/],
  ['npx node examples/nothing.ts', /examples\/nothing\.ts does not exist/],
  ['curl http://127.0.0.1:3500', /"curl" must be run, or stand below a reason/],
  ['eval "$(dapr-chat completion tcsh --nothing)"', /dapr-chat completion: .*nothing/],
]
for (const [code, problem] of unsound) {
  test(`what is wrong with ${JSON.stringify(code)} is said`, () => {
    const [first = '', ...others] = commandProblems(code)
    assert.match(first, problem)
    assert.deepEqual(others, [])
  })
}

test('every script of npm that a page names in passing is there', () => {
  const pages = repositoryFiles(['README.md', 'CONTRIBUTING.md', '{packages,examples}/**/README.md', 'docs/*.md'])
  const named = pages.flatMap((page) =>
    Array.from(readFileSync(join(repositoryRoot, page), 'utf8').matchAll(/`(npm run [^`]+)`/g), ([, code = '']) => ({
      page,
      code,
    })),
  )
  assert.ok(named.length > 10)
  for (const { page, code } of named) assert.deepEqual(commandProblems(code), [], page)
})
