/** Brings a database to the schema of this version: the files of a folder, each once, in the order of their numbers. */
import { readdirSync, readFileSync } from 'node:fs'
import type { SqliteDatabase } from './sqlite-database.ts'

/**
 * Applies what the database has not had yet, each step wholly or not at all. How far it is stands in `user_version`.
 * @param folder where the files are; it ends with a slash.
 * @throws Error where the database was written by a later version, whose schema is not known here.
 */
export function migrate(database: SqliteDatabase, folder: URL): void {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
  transaction(database, () => {
    const done = versionOf(database)
    if (done > files.length) {
      throw new Error(`Cannot use the store: its version must be at most ${files.length}: current value is ${done}`)
    }
    for (const file of files.slice(done)) database.exec(readFileSync(new URL(file, folder), 'utf8'))
    database.exec(`PRAGMA user_version = ${files.length}`)
  })
}

/** Does something wholly or not at all. */
export function transaction<T>(database: SqliteDatabase, work: () => T): T {
  // Takes the right to write at once: between reading and writing nobody else can come.
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    rollBack(database)
    throw error
  }
}

function rollBack(database: SqliteDatabase): void {
  try {
    database.exec('ROLLBACK')
  } catch {
    // Some failures, such as a full disk, have rolled back already; the failure itself is what counts.
  }
}

function versionOf(database: SqliteDatabase): number {
  return (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version
}
