import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { builtInComponents } from '../built-in-components.ts'
import { type BannerFacts, banner } from './banner.ts'

const plain = (text: string) => text

function facts(given: Partial<BannerFacts> = {}): BannerFacts {
  return {
    version: '1.2.3',
    addresses: {
      http: 'http://127.0.0.1:3500',
      grpc: '127.0.0.1:50001',
      metrics: 'http://127.0.0.1:9090',
      console: 'http://127.0.0.1:3500/console',
    },
    components: [
      { name: 'echo', type: 'conversation.echo', state: 'ready' },
      { name: 'openai', type: 'conversation.openai', state: 'skipped' },
    ],
    folders: ['./components'],
    environment: { loaded: undefined, overridden: 0 },
    readyAfterMs: 212.4,
    style: { bold: plain, dim: plain, good: plain, warning: plain, bad: plain },
    ...given,
  }
}

describe('banner()', () => {
  it('names the addresses, the components with their state, and two commands', () => {
    const text = banner(facts())
    assert.match(text, /http:\/\/127\.0\.0\.1:3500 /)
    assert.match(text, /127\.0\.0\.1:50001/)
    assert.match(text, /http:\/\/127\.0\.0\.1:9090\/metrics/)
    assert.match(text, /Console +http:\/\/127\.0\.0\.1:3500\/console\n/)
    assert.match(text, /echo +conversation\.echo +ready\n/)
    assert.match(text, /openai +conversation\.openai +skipped, see above\n/)
    assert.match(text, /^ {4}npx dapr-chat ask "Tell me a story"$/m)
    assert.match(text, /^ {4}curl http:\/\/127\.0\.0\.1:3500\/v1\.0-alpha2\/conversation\/echo\/converse -d /m)
  })

  it('says that metrics are off, and how to ask on a socket', () => {
    const text = banner(
      facts({ addresses: { http: 'unix:/run/a b.socket', grpc: 'unix:/run/g', metrics: '', console: '' } }),
    )
    assert.match(text, /Metrics +off\n/)
    assert.match(text, /Console +none: browsers open no sockets\n/)
    assert.match(banner(facts({ addresses: { ...facts().addresses, console: '' } })), /Console +off\n/)
    assert.match(
      text,
      /^ {4}curl --unix-socket '\/run\/a b\.socket' http:\/\/localhost\/v1\.0-alpha2\/conversation\/echo/m,
    )
    assert.doesNotMatch(text, /dapr-chat ask/)
  })

  it('puts the port into the commands where it is not the default', () => {
    const text = banner(facts({ addresses: { ...facts().addresses, http: 'http://127.0.0.1:4000' } }))
    assert.match(text, /^ {4}DAPR_HTTP_PORT=4000 npx dapr-chat ask "Tell me a story"$/m)
    assert.match(text, /curl http:\/\/127\.0\.0\.1:4000\//)
  })

  it('names the component in the commands where there are several, a model before echo', () => {
    const components = facts().components.map(({ name, type }) => ({ name, type, state: 'ready' as const }))
    assert.match(banner(facts({ components })), /npx dapr-chat ask -m openai "Tell me a story"/)
  })

  it('says that a folder has none, and tries nothing then', () => {
    const text = banner(facts({ components: [] }))
    assert.match(text, /none: the folder holds no component for conversations that could be loaded/)
    assert.doesNotMatch(text, /Try it/)
  })

  it('says where components come from that nobody named', () => {
    const text = banner(facts({ folders: [builtInComponents] }))
    assert.match(text, /Components that come with the command: there is no \.\/components\n/)
  })

  it('counts the variables of the file', () => {
    assert.match(banner(facts({ environment: { loaded: 1, overridden: 2 } })), /Loaded 1 variable from \.env; 2 more/)
    assert.doesNotMatch(banner(facts()), /\.env/)
  })
})
