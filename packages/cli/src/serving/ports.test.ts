import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, it } from 'node:test'
import { defaultSettings } from '@dapr-chat/sidecar'
import { ExitError, exitCodes } from '../exit-code.ts'
import { refuseBusyPorts } from './busy-ports.ts'
import { isPortFree, portHolder } from './ports.ts'

async function listener() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { port, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) }
}

const isLinux = process.platform === 'linux'

describe('ports', () => {
  it('tells a free port from a taken one', async () => {
    let port = 0
    {
      await using taken = await listener()
      port = taken.port
      assert.equal(await isPortFree(port, '127.0.0.1'), false)
    }
    assert.equal(await isPortFree(port, '127.0.0.1'), true)
    assert.equal(await isPortFree(0, '127.0.0.1'), true)
  })

  it('finds the process that listens', { skip: !isLinux && 'only Linux tells' }, async () => {
    await using taken = await listener()
    assert.deepEqual(await portHolder(taken.port), { pid: process.pid, name: 'node' })
  })

  it('knows no holder of a port that nobody has', async () => {
    let port = 0
    {
      await using taken = await listener()
      port = taken.port
    }
    assert.equal(await portHolder(port), undefined)
  })
})

describe('refuseBusyPorts()', () => {
  const free = { ...defaultSettings, httpPort: 0, grpcPort: 0, metricsPort: 0 }

  it('names every taken port with its flag and holder', async () => {
    await using first = await listener()
    await using second = await listener()
    await assert.rejects(refuseBusyPorts({ ...free, httpPort: first.port, metricsPort: second.port }), (error) => {
      assert.ok(error instanceof ExitError)
      assert.equal(error.exitCode, exitCodes.unreachable)
      const [title = '', ...lines] = error.message.split('\n')
      const holder = isLinux ? `node (pid ${process.pid})` : 'another process'
      assert.match(title, /^Cannot start: these ports must be free;/)
      assert.deepEqual(lines, [
        `  port ${first.port}: ${holder} listens on it; --dapr-http-port`,
        `  port ${second.port}: ${holder} listens on it; --metrics-port`,
      ])
      return true
    })
    await assert.rejects(
      refuseBusyPorts({ ...free, grpcPort: first.port }),
      new RegExp(`Cannot start: port ${first.port} must be free: .* listens on it; stop it, .* --dapr-grpc-port$`),
    )
  })

  it('refuses one port for two purposes, but any number of free ones', async () => {
    await assert.rejects(refuseBusyPorts({ ...free, httpPort: 4000, grpcPort: 4000 }), /must differ: both are 4000/)
    await refuseBusyPorts(free)
    const app = { port: 4000, protocol: 'http', channelAddress: '127.0.0.1', maxConcurrency: -1 }
    await assert.rejects(
      refuseBusyPorts({ ...free, grpcPort: 4000, app }),
      /--dapr-grpc-port and --app-port must differ: both are 4000/,
    )
  })

  it('looks at no port that will not be opened', async () => {
    await using taken = await listener()
    const { port } = taken
    await refuseBusyPorts({ ...free, metricsPort: port, metricsEnabled: false })
    await refuseBusyPorts({ ...free, httpPort: port, grpcPort: port, unixSocketFolder: '.' })
  })

  it('refuses an address that is not this machine', async () => {
    const elsewhere = { ...free, httpPort: 34_567, listenAddresses: ['192.0.2.1'] }
    await assert.rejects(refuseBusyPorts(elsewhere), /Cannot listen on 192\.0\.2\.1 with --dapr-http-port 34567/)
  })
})
