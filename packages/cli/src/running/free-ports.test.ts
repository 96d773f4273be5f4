import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, it } from 'node:test'
import { defaultSettings, type SidecarSettings } from '@dapr-chat/sidecar'
import { choosePorts } from './free-ports.ts'

/** A port that somebody listens on. */
async function takenPort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { port, [Symbol.dispose]: () => void server.close() }
}

function settings(ports: Partial<SidecarSettings>): SidecarSettings {
  return { ...defaultSettings, httpPort: 0, grpcPort: 0, metricsPort: 0, ...ports }
}

describe('choosePorts()', () => {
  it('takes free ones for 0, each its own, and says nothing of it', async () => {
    const { settings: chosen, moved } = await choosePorts(settings({}), new Set())
    const ports = [chosen.httpPort, chosen.grpcPort, chosen.metricsPort]
    assert.ok(ports.every((port) => port > 0))
    assert.equal(new Set(ports).size, 3)
    assert.deepEqual(moved, [])
  })

  it('moves one that is taken, unless it was named', async () => {
    using taken = await takenPort()
    const given = settings({ httpPort: taken.port, metricsEnabled: false })
    const { settings: chosen, moved } = await choosePorts(given, new Set())
    assert.notEqual(chosen.httpPort, taken.port)
    assert.deepEqual(moved, [{ name: 'httpPort', from: taken.port, to: chosen.httpPort }])
    assert.equal(chosen.metricsPort, 0)
    const named = await choosePorts(given, new Set(['httpPort'] as const))
    assert.equal(named.settings.httpPort, taken.port)
  })
})
