import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readPrices } from './price-file.ts'

async function read(text: string) {
  const folder = await mkdtemp(join(tmpdir(), 'dapr-chat-'))
  try {
    await writeFile(join(folder, 'prices.yaml'), text)
    return await readPrices(join(folder, 'prices.yaml'))
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('prices are read by model', async () => {
  const prices = await read(
    'gpt-5-nano: {input: 0.05, output: 0.4, cached: 0.005}\n"mine:7b":\n  input: 0\n  output: 0\n',
  )
  assert.deepEqual(Object.fromEntries(prices), {
    'gpt-5-nano': { input: 0.05, output: 0.4, cached: 0.005 },
    'mine:7b': { input: 0, output: 0 },
  })
})

const wrong: readonly (readonly [text: string, message: RegExp])[] = [
  ['a: {input: 1}', /"output" of model "a" must be US dollars for a million tokens: current value is undefined$/],
  ['a: {input: -1, output: 1}', /"input" of model "a" must be .* current value is -1$/],
  ['a: {input: "1", output: 1}', /current value is "1"$/],
  ['a: {input: 1, output: 1, cashed: 1}', /model "a" must have input, output, cached and nothing else/],
  ['a: 1', /"input" of model "a"/],
  ['- a', /it must name models/],
  ['a: {', /it must be a YAML file/],
]

for (const [text, message] of wrong) {
  test(`a file with ${text} is refused, and named`, async () => {
    await assert.rejects(
      read(text),
      (error: Error) =>
        error instanceof RangeError && /prices\.yaml/.test(error.message) && message.test(error.message),
    )
  })
}

test('a file that is not there is refused', async () => {
  await assert.rejects(readPrices('/no/such/prices.yaml'), /Cannot read prices from \/no\/such\/prices\.yaml/)
})
