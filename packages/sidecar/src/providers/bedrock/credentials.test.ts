import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { ConversationError } from '@dapr-chat/protocol'
import { bedrockWire, callOf, outcomeOf, scriptedProvider, vendorProvider } from '@dapr-chat/sidecar/testing'
import { bedrock } from './bedrock.ts'

const names = (environment: NodeJS.ProcessEnv) => Object.keys(environment).filter((name) => name.startsWith('AWS_'))
let folder = ''
let before: NodeJS.ProcessEnv = {}

/** AWS's chain reads the process's own variables. No test may see those of the machine, or ask the instance's metadata. */
beforeEach(async () => {
  before = { ...process.env }
  for (const name of names(process.env)) delete process.env[name]
  folder = await mkdtemp(join(tmpdir(), 'dapr-chat-aws-'))
  process.env.AWS_EC2_METADATA_DISABLED = 'true'
  process.env.AWS_SHARED_CREDENTIALS_FILE = join(folder, 'credentials')
  process.env.AWS_CONFIG_FILE = join(folder, 'config')
})

afterEach(async () => {
  for (const name of names(process.env)) delete process.env[name]
  for (const name of names(before)) process.env[name] = before[name]
  await rm(folder, { recursive: true })
})

/** Asks bedrock as often as `times` says, one after the other; what the requests were signed with, and the last error. */
async function signedWith(metadata: Readonly<Record<string, string>> = {}, times = 1) {
  const words = bedrockWire()
  const end = words.finish({ reason: 'stop', promptTokens: 1, completionTokens: 1 })
  await using upstream = await scriptedProvider({ body: [...words.start(), words.text('Yes'), ...end] })
  const warned: string[] = []
  const given = { region: 'eu-west-1', endpoint: upstream.url, ...metadata }
  await using provider = vendorProvider(bedrock, given, process.env, (_, message) => warned.push(message))
  let error: Awaited<ReturnType<typeof outcomeOf>>['error']
  for (let asked = 0; asked < times; asked++) error = (await outcomeOf(provider.converse(callOf()))).error
  const keys = upstream.requests.map(
    ({ headers }) => /Credential=(\w+)\//.exec(headers.authorization ?? '')?.[1] ?? 'none',
  )
  return { keys, tokens: upstream.requests.map(({ headers }) => headers['x-amz-security-token']), error, warned }
}

async function serving(listener: RequestListener) {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()

test('bedrock signs with the keys of the profile that AWS_PROFILE names', async () => {
  await writeFile(
    join(folder, 'credentials'),
    '[default]\naws_access_key_id=AKIADEFAULT\naws_secret_access_key=s\n[work]\naws_access_key_id=AKIAWORK\naws_secret_access_key=s\n',
  )
  assert.deepEqual((await signedWith()).keys, ['AKIADEFAULT'])
  process.env.AWS_PROFILE = 'work'
  assert.deepEqual((await signedWith()).keys, ['AKIAWORK'])
})

test('keys in the component win over those of the environment, and these over a profile', async () => {
  await writeFile(join(folder, 'credentials'), '[default]\naws_access_key_id=AKIAFILE\naws_secret_access_key=s\n')
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 's' })
  assert.deepEqual((await signedWith()).keys, ['AKIAENV'])
  const own = { accessKey: 'AKIAOWN', secretKey: 's', sessionToken: 'of-the-session' }
  assert.partialDeepStrictEqual(await signedWith(own), { keys: ['AKIAOWN'], tokens: ['of-the-session'] })
})

test('a container’s role is asked once while its keys are good, and again when they come to their end', async () => {
  let asked = 0
  let expiration = inAnHour()
  await using server = await serving((request, response) => {
    assert.equal(request.headers.authorization, 'a-token')
    response.end(
      JSON.stringify({ AccessKeyId: `AKIA${++asked}`, SecretAccessKey: 's', Token: 't', Expiration: expiration }),
    )
  })
  process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `${server.url}/role`
  process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN = 'a-token'
  assert.partialDeepStrictEqual(await signedWith({}, 2), { keys: ['AKIA1', 'AKIA1'], tokens: ['t', 't'] })
  expiration = new Date(Date.now() + 60_000).toISOString()
  assert.deepEqual((await signedWith({}, 2)).keys, ['AKIA2', 'AKIA3'])
})

test('a role is taken on at STS with the keys that there are', async () => {
  const bodies: string[] = []
  const signers: (string | undefined)[] = []
  await using server = await serving((request, response) => {
    signers.push(/Credential=(\w+)\//.exec(request.headers.authorization ?? '')?.[1])
    let body = ''
    request.on('data', (bytes) => {
      body += bytes
    })
    request.on('end', () => {
      bodies.push(body)
      const keys = `<AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>of-the-role</SessionToken><Expiration>${inAnHour()}</Expiration>`
      response.setHeader('content-type', 'text/xml')
      response.end(
        `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>${keys}</Credentials></AssumeRoleResult></AssumeRoleResponse>`,
      )
    })
  })
  process.env.AWS_ENDPOINT_URL_STS = server.url
  const assumeRoleArn = 'arn:aws:iam::123456789012:role/chat'
  const outcome = await signedWith({ accessKey: 'AKIAOWN', secretKey: 's', assumeRoleArn }, 2)
  assert.equal(outcome.error, undefined)
  assert.deepEqual(outcome.keys, ['ASIAROLE', 'ASIAROLE'])
  assert.deepEqual(outcome.tokens, ['of-the-role', 'of-the-role'])
  assert.deepEqual([signers, bodies.length], [['AKIAOWN'], 1])
  assert.equal(new URLSearchParams(bodies[0]).get('RoleArn'), assumeRoleArn)
  await writeFile(join(folder, 'credentials'), '[default]\naws_access_key_id=AKIAFILE\naws_secret_access_key=s\n')
  assert.deepEqual((await signedWith({ assumeRoleArn })).keys, ['ASIAROLE'])
  assert.equal(signers.at(-1), 'AKIAFILE')
})

test('where there are no credentials, each call fails with what to do, and the operator learns the reason', async () => {
  const { error, keys, warned } = await signedWith({}, 2)
  assert.deepEqual([error?.code, keys], ['auth', []])
  assert.match(error?.message ?? '', /^no AWS credentials could be found \(CredentialsProviderError\): set accessKey/)
  assert.match(warned[0] ?? '', /^no AWS credentials: ./)
})

test('an SSO session that has ended is an error of its own, and not one about the sidecar', async () => {
  const lines = ['[default]', 'sso_start_url=https://example.org', 'sso_account_id=1', 'sso_region=eu-west-1']
  await writeFile(join(folder, 'config'), [...lines, 'sso_role_name=r', ''].join('\n'))
  const { error, warned } = await signedWith()
  assert.equal(error?.code, 'auth')
  assert.match(warned[0] ?? '', /SSO session .* aws sso login/)
})

test('a role that STS refuses is an error that says so, and holds nothing of the answer', async () => {
  await using server = await serving((_, response) => {
    response.writeHead(403, { 'content-type': 'text/xml' })
    response.end(
      '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>AKIAOWN may not</Message></Error></ErrorResponse>',
    )
  })
  process.env.AWS_ENDPOINT_URL_STS = server.url
  const { error, warned } = await signedWith({
    accessKey: 'AKIAOWN',
    secretKey: 's',
    assumeRoleArn: 'arn:aws:iam::1:role/r',
  })
  assert.equal(error?.code, 'auth')
  assert.match(error?.message ?? '', /\(AccessDenied/)
  assert.doesNotMatch(error?.message ?? '', /AKIAOWN/)
  assert.match(warned[0] ?? '', /AKIAOWN may not/)
})

test('a caller who leaves does not wait for credentials', async () => {
  await using server = await serving(() => {})
  process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `${server.url}/role`
  await using provider = vendorProvider(bedrock, { region: 'eu-west-1' }, process.env)
  const leaving = new AbortController()
  setTimeout(() => leaving.abort(new ConversationError('cancelled', 'gone')), 30)
  const { error } = await outcomeOf(provider.converse(callOf({ signal: leaving.signal })))
  assert.equal(error?.code, 'cancelled')
})
