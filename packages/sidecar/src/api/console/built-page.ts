/**
 * The page's built files. `tools/build-console.ts` makes them; a published sidecar brings them along. Nothing is served but
 * what the folder lists, whatever a path says. Each file is read, digested and compressed once, until it changes.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/** Where the files are when nobody says otherwise: in the package, beside its code. */
export const BUILT_PAGE = fileURLToPath(new URL('../../../console/', import.meta.url))

/** How a body can be encoded, the shortest result first. */
export const encodings = ['br', 'gzip'] as const
export type Encoding = (typeof encodings)[number]

/** One file, ready to go out. */
export interface PageFile {
  readonly type: string
  readonly body: Buffer
  /** The same, compressed; absent where that makes nothing shorter. */
  readonly encoded: Readonly<Partial<Record<Encoding, Buffer>>>
  /** The digest of the body. */
  readonly digest: string
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.map': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
}

/** Formats that are compressed already. */
const compressed = new Set(['.png', '.ico', '.woff2'])

const compress: Readonly<Record<Encoding, (body: Buffer) => Promise<Buffer>>> = {
  br: (body) => promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: (body) => promisify(gzip)(body, { level: 9 }),
}

/** The files of one folder. */
export class BuiltPage {
  readonly #folder: string
  readonly #files = new Map<string, { readonly changedMs: number; readonly file: Promise<PageFile> }>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** A file by its name; nothing where there is none. */
  async find(name: string): Promise<PageFile | undefined> {
    // The list decides, and not the path: a name that leads elsewhere is in no list.
    const names = await readdir(this.#folder).catch((): string[] => [])
    if (!names.includes(name) || types[extname(name)] === undefined) return undefined
    const { mtimeMs: changedMs } = await stat(join(this.#folder, name))
    const known = this.#files.get(name)
    if (known?.changedMs === changedMs) return known.file
    const file = this.#read(name)
    this.#files.set(name, { changedMs, file })
    return file
  }

  async #read(name: string): Promise<PageFile> {
    const body = await readFile(join(this.#folder, name))
    const extension = extname(name)
    const candidates = compressed.has(extension)
      ? []
      : await Promise.all(encodings.map(async (encoding) => [encoding, await compress[encoding](body)] as const))
    return {
      type: types[extension] ?? 'application/octet-stream',
      body,
      encoded: Object.fromEntries(candidates.filter(([, shorter]) => shorter.length < body.length)),
      digest: createHash('sha256').update(body).digest('base64url'),
    }
  }
}
