/** The files of the console's page: which there are, and what browsers are told about them. */
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { open, send, startSidecar } from '../testing/index.ts'

const script = `console.log(${JSON.stringify('a page '.repeat(200))})`
const document = '<!doctype html><script type="module" src="/console/app-ABCDEFG2.js"></script>'

/** A sidecar that serves a page of a few files, in a folder with a file beside it that is nobody's business. */
async function startWithPage() {
  const folder = await mkdtemp(join(tmpdir(), 'dapr-chat-page-'))
  const page = join(folder, 'page')
  await mkdir(join(page, 'inner'), { recursive: true })
  const files = {
    'page/index.html': document,
    'page/app-ABCDEFG2.js': script,
    'page/app.css': 'body { color: red }',
    'page/icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
    'page/inner/notes.txt': 'inner',
    'page/program.sh': 'no type of the web',
    'secret.txt': 'secret',
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  await symlink(join(folder, 'secret.txt'), join(page, 'inner', 'link.txt'))
  const running = await startSidecar(undefined, { consoleFolder: page })
  return {
    ...running,
    page,
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    },
  }
}

/** The bytes of an answer, as they came. */
async function bytesOf(http: string, path: string, headers: Readonly<Record<string, string>>) {
  const response = await open(http, path, { headers })
  const parts: Buffer[] = []
  for await (const part of response) parts.push(part)
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }
}

test('the document is at /console, is not stored, and may load nothing from elsewhere', async () => {
  await using running = await startWithPage()
  assert.equal(running.console, `${running.http}/console`)
  for (const path of ['/console', '/console/']) {
    const { status, headers, text } = await send(running.http, path)
    assert.deepEqual([status, text], [200, document])
    assert.equal(headers['content-type'], 'text/html; charset=utf-8')
    assert.equal(headers['cache-control'], 'no-store')
    const policy = String(headers['content-security-policy'])
    for (const rule of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) {
      assert.ok(policy.split('; ').includes(rule), rule)
    }
    assert.doesNotMatch(policy, /unsafe|\*|https?:/)
  }
})

test('every answer of the console says what browsers must not do with it', async () => {
  await using running = await startWithPage()
  const paths = [
    '/console',
    '/console/app-ABCDEFG2.js',
    '/console/none.js',
    '/api/console/session',
    '/api/console/calls?limit=0',
  ]
  for (const path of [...paths, '/api/console/events']) {
    const response = await open(running.http, path)
    response.destroy()
    const { headers } = response
    assert.equal(headers['x-content-type-options'], 'nosniff', path)
    assert.equal(headers['referrer-policy'], 'no-referrer', path)
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin', path)
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin', path)
    assert.match(String(headers['content-security-policy']), /default-src 'none'/, path)
    if (path.startsWith('/api/')) assert.match(String(headers['cache-control']), /no-(store|cache)/, path)
  }
})

test('a file with a digest in its name is kept for good, another one is asked about each time', async () => {
  await using running = await startWithPage()
  const hashed = await send(running.http, '/console/app-ABCDEFG2.js')
  assert.equal(hashed.headers['content-type'], 'text/javascript; charset=utf-8')
  assert.equal(hashed.headers['cache-control'], 'public, max-age=31536000, immutable')
  const plain = await send(running.http, '/console/app.css')
  assert.equal(plain.headers['content-type'], 'text/css; charset=utf-8')
  assert.equal(plain.headers['cache-control'], 'no-cache')
  const { etag = '' } = plain.headers
  for (const given of [etag, `W/${etag}`, `"other", ${etag}`]) {
    const again = await send(running.http, '/console/app.css', { headers: { 'if-none-match': given } })
    assert.deepEqual([again.status, again.text], [304, ''], given)
  }
  assert.equal((await send(running.http, '/console/icon.svg')).headers['content-type'], 'image/svg+xml')
})

test('a file that changes is served as it is now', async () => {
  await using running = await startWithPage()
  const before = await send(running.http, '/console/app.css')
  await writeFile(join(running.page, 'app.css'), 'body { color: green }')
  const after = await send(running.http, '/console/app.css', {
    headers: { 'if-none-match': before.headers.etag ?? '' },
  })
  assert.deepEqual([after.status, after.text], [200, 'body { color: green }'])
})

for (const [accepted, encoding] of [
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip', 'gzip'],
  ['br;q=0, gzip;q=0.5', 'gzip'],
  ['BR', 'br'],
  ['identity', undefined],
  ['br;q=0', undefined],
] as const) {
  test(`to "${accepted}" a file goes out ${encoding ? `as ${encoding}` : 'as it is'}`, async () => {
    await using running = await startWithPage()
    const { headers, body } = await bytesOf(running.http, '/console/app-ABCDEFG2.js', { 'accept-encoding': accepted })
    assert.equal(headers['content-encoding'], encoding)
    assert.equal(headers.vary, 'Accept-Encoding')
    const text = encoding === 'br' ? brotliDecompressSync(body) : encoding === 'gzip' ? gunzipSync(body) : body
    assert.equal(text.toString(), script)
    if (encoding) assert.ok(body.length < script.length / 4)
  })
}

for (const path of [
  '/console/../secret.txt',
  '/console/%2e%2e/secret.txt',
  '/console/..%2fsecret.txt',
  '/console/%2e%2e%2fsecret.txt',
  '/console/..%5csecret.txt',
  '/console/inner/link.txt',
  '/console/inner/notes.txt',
  '/console/inner',
  '/console/%00',
  '/console/app.css%00.js',
  '/console/program.sh',
  '/console/nothing.js',
]) {
  test(`nothing is at ${path}`, async () => {
    await using running = await startWithPage()
    const { status, text } = await send(running.http, path)
    assert.equal(status, 404)
    assert.doesNotMatch(text, /secret$|inner$/)
  })
}

test('a page that was not built says how to build it', async () => {
  await using running = await startSidecar(undefined, { consoleFolder: join(tmpdir(), 'dapr-chat-no-such-folder') })
  const { status, headers, text } = await send(running.http, '/console')
  assert.equal(status, 503)
  assert.equal(headers['content-type'], 'text/html; charset=utf-8')
  assert.match(text, /not built.*npm run build:console/s)
})
