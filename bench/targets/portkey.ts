/**
 * Portkey's gateway, the nearest peer that runs on Node. It is installed on demand into the build folder and is no
 * dependency of this project. The two overrides are what its last release was written for: with what npm resolves
 * without them, every one of its streams fails.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { repositoryRoot } from '../../tools/repository.ts'
import { httpCaller, openAiDialect } from '../load/http-caller.ts'
import { SERVER_CORE } from '../processes/cores.ts'
import { ServerProcess } from '../processes/server-process.ts'
import { runningTarget, type Target } from './target.ts'

const MANIFEST = {
  name: 'dapr-chat-bench-peer',
  private: true,
  dependencies: { '@portkey-ai/gateway': '1.15.2' },
  overrides: { '@hono/node-server': '1.13.5', hono: '4.9.7' },
}
const FOLDER = join(repositoryRoot, 'build/bench-portkey')
const ENTRY = join(FOLDER, 'node_modules/@portkey-ai/gateway/build/start-server.js')

/** The peer. Its port is on every address of the machine; it has no option for loopback alone. */
export const portkey: Target = {
  name: 'portkey',
  title: 'Portkey 1.15.2',
  start: async ({ provider, profileFolder }) => {
    install()
    const port = await freePort()
    const server = new ServerProcess({
      file: ENTRY,
      args: [`--port=${port}`, '--headless'],
      core: SERVER_CORE,
      profileFolder,
    })
    await Promise.race([listening(port), server.ready])
    // It takes addresses of this machine by the name `localhost` only.
    const host = provider.replace('127.0.0.1', 'localhost')
    const headers = { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `${host}/v1` }
    return runningTarget(server, httpCaller(`http://127.0.0.1:${port}`, openAiDialect('bench', headers)))
  },
}

function install(): void {
  if (existsSync(ENTRY)) return
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(join(FOLDER, 'package.json'), `${JSON.stringify(MANIFEST, null, 2)}\n`)
  const args = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', '--workspaces=false']
  execFileSync('npm', args, { cwd: FOLDER, stdio: ['ignore', 'ignore', 'inherit'] })
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

async function listening(port: number): Promise<void> {
  while (!(await answers(port))) await sleep(100)
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
