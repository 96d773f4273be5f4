/**
 * Finds out whether a port can be had and, on Linux, who has it: `serve` looks before it starts anything, so that the
 * message names the port and its holder instead of a failed system call.
 */
import { readdir, readFile, readlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { basename } from 'node:path'

/** A process that listens on a port. */
export interface PortHolder {
  readonly pid: number
  /** The program's name, without its folder. */
  readonly name: string
}

/**
 * Whether one may listen on an address and port. Port 0 always can be had.
 * @throws Error what listening fails with for other reasons: an address that is not this machine's, a reserved port.
 */
export async function isPortFree(port: number, address: string): Promise<boolean> {
  if (port === 0) return true
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false)
      else reject(error)
    })
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** Who listens on a port of this machine; `undefined` where the system does not tell. */
export async function portHolder(port: number): Promise<PortHolder | undefined> {
  const inodes = new Set<string>()
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const inode of listeningInodes(await readOrEmpty(table), port)) inodes.add(inode)
  }
  if (inodes.size === 0) return undefined
  const processes = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  for (const pid of processes) {
    if (await holdsSocket(pid, inodes)) return { pid: Number(pid), name: await processName(pid) }
  }
  return undefined
}

/** State 0A of the kernel's table is "listening"; addresses and ports are hexadecimal. */
function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(suffix) && state === '0A')
    .flatMap((fields) => fields[9] ?? [])
}

/** The files of another user's process cannot be read: it is passed over. */
async function holdsSocket(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => [])
  for (const descriptor of descriptors) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1]
    if (inode !== undefined && inodes.has(inode)) return true
  }
  return false
}

/** The command line is asked first: the kernel's short name of a Node process is that of its main thread. */
async function processName(pid: string): Promise<string> {
  const [program] = (await readOrEmpty(`/proc/${pid}/cmdline`)).split(/[\0 ]/)
  return program ? basename(program) : (await readOrEmpty(`/proc/${pid}/comm`)).trim()
}

async function readOrEmpty(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '')
}
