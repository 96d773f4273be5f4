/** The little of a SQLite driver that the store needs, and the opening of Node's own. */
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'

/** A prepared statement. Every call runs it to its end. */
export interface SqliteStatement {
  run(...values: readonly SqliteValue[]): { readonly changes: number | bigint }
  get(...values: readonly SqliteValue[]): unknown
  all(...values: readonly SqliteValue[]): readonly unknown[]
}

/** What can stand for a parameter. */
export type SqliteValue = string | number | null

/** An open database, such as `DatabaseSync` of `node:sqlite`. */
export interface SqliteDatabase {
  exec(sql: string): void
  prepare(sql: string): SqliteStatement
  close(): void
}

/** How a database is opened. */
export interface OpenOptions {
  /** The most bytes that the file may have; what would exceed them is not written. */
  readonly maxBytes: number
}

/** A database that exists only as long as it is open. */
export const IN_MEMORY = ':memory:'

/** How long a write waits for another process that is writing, in milliseconds. It waits for the whole process. */
const BUSY_MS = 1_000

const PAGE_BYTES = 4_096

/**
 * Opens the file, or makes it, readable for its owner only: it holds what people said.
 * @throws Error that names the file, where it cannot be opened.
 */
export function openDatabase(path: string, { maxBytes }: OpenOptions): SqliteDatabase {
  try {
    if (path !== IN_MEMORY) makeFile(path)
    // Not imported, because on older versions of Node the import alone prints a warning.
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
    const database = new DatabaseSync(path, { timeout: BUSY_MS })
    // With a write-ahead log a transaction costs no wait for the disk, and a process that dies leaves whole ones.
    database.exec(`
      PRAGMA page_size = ${PAGE_BYTES};
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA foreign_keys = ON;
      PRAGMA secure_delete = ON;
      PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / PAGE_BYTES))};
    `)
    return database
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`Cannot open the store ${path}: it must be a SQLite file that can be written: ${reason}`, { cause })
  }
}

/** SQLite gives its log files the mode of the database. */
function makeFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  closeSync(openSync(path, 'a', 0o600))
  chmodSync(path, 0o600)
}
