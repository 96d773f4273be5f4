/**
 * The least that a gateway on Node's own HTTP can do, a process of its own: requests and answers are piped through,
 * nothing is read. The only extra is the one that keeps it from leaking: a caller who leaves ends the request upstream.
 */
import { Agent, createServer, request as sendRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { announce } from '../processes/probe.ts'

const [provider = ''] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true })

const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
  const { host: _host, ...headers } = incoming.headers
  const upstream = sendRequest(provider + incoming.url, { method: incoming.method, headers, agent }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(outgoing)
  })
  upstream.on('error', () => outgoing.destroy())
  outgoing.on('close', () => {
    if (!outgoing.writableFinished) upstream.destroy()
  })
  incoming.pipe(upstream)
})
server.listen(0, '127.0.0.1', 4_096, () => announce(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
