/** A program that looks like daprd to the commands that start one: it takes the flags, is healthy, and says what it has. */
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What the fake was given, as it wrote it down. */
export interface DaprdRecord {
  readonly pid: number
  readonly words: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** The files of the resources folder, with their modes and the folder's. */
  readonly files: readonly { readonly name: string; readonly mode: number; readonly text: string }[]
  readonly folderMode: number
}

const SOURCE = `#!/usr/bin/env node
const { createServer } = require('node:http')
const { readFileSync, readdirSync, statSync, writeFileSync } = require('node:fs')
const { dirname, join } = require('node:path')
const words = process.argv.slice(2)
const flag = (name) => words[words.indexOf(name) + 1]
const folder = flag('--resources-path')
const files = readdirSync(folder).map((name) => ({
  name, mode: statSync(join(folder, name)).mode & 0o777, text: readFileSync(join(folder, name), 'utf8') }))
writeFileSync(join(__dirname, 'record.json'), JSON.stringify({
  pid: process.pid, words, environment: process.env, files, folderMode: statSync(dirname(folder)).mode & 0o777 }))
for (let line = 1; line <= 25; line++) console.log('line ' + line)
console.log(JSON.stringify(process.env) + files.map(({ text }) => text).join(''))
if (process.env.FAKE_EXIT) process.exit(Number(process.env.FAKE_EXIT))
if (process.env.FAKE_STUBBORN) process.on('SIGTERM', () => console.log('no'))
createServer((request, response) => {
  if (request.url === '/v1.0/shutdown') { response.end(); process.exit(Number(process.env.FAKE_END ?? 0)) }
  if (request.url !== '/v1.0/metadata') return void response.writeHead(204).end()
  const token = process.env.DAPR_API_TOKEN
  if (token && request.headers['dapr-api-token'] !== token) return void response.writeHead(401).end('{}')
  response.end(JSON.stringify({ id: flag('--app-id'), components: [{ name: 'fake', type: 'conversation.fake', version: 'v1' }] }))
}).listen(Number(flag('--dapr-http-port')), '127.0.0.1')
`

/** Puts the fake into a folder. */
export async function fakeDaprd(folder: string) {
  const program = join(folder, 'daprd')
  await writeFile(program, SOURCE)
  await chmod(program, 0o755)
  return {
    program,
    record: async (): Promise<DaprdRecord> => JSON.parse(await readFile(join(folder, 'record.json'), 'utf8')),
  }
}

/** Whether a process is there and no zombie. */
export async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return status !== '' && !/^\d+ \(.*\) Z/.test(status)
}
