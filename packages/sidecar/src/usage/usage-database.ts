/**
 * The usage store itself: one row for each call that has ended, the oldest of them deleted once they are too old or too
 * many. It waits for the disk, and therefore lives in a thread of its own: see `usage-store.ts`.
 */
import type { CallDetail, CallList, Overview, OverviewWindow } from '@dapr-chat/protocol/console'
import { migrate, transaction } from '../store/migrate.ts'
import { openDatabase, type SqliteDatabase, type SqliteValue } from '../store/sqlite-database.ts'
import { type CountedCall, errorsOf, figuresOf, groupsOf } from './figures.ts'
import { countedColumns, countedOf, detailOf, INSERT_CALL, summaryOf, type UsageRow, valuesOf } from './usage-row.ts'

/** Where rows are kept, and for how long. */
export interface UsageLimits {
  /** The file; `:memory:` keeps rows as long as the process runs. */
  readonly path: string
  /** The most bytes that the file may have. */
  readonly maxBytes: number
  /** How long a row is kept, in milliseconds. */
  readonly maxAgeMs: number
}

/** Which calls are wanted; all that is given must hold. */
export interface CallQuery {
  readonly limit: number
  /** Only calls older than the one with this id. */
  readonly before?: string
  readonly component?: string
  readonly state?: string
  readonly model?: string
  readonly caller?: string
  readonly contextId?: string
  /** The code of the error. */
  readonly code?: string
  /** A part of the id, the component, the model, the caller, the context id, the trace id, or the error's code or message. */
  readonly text?: string
}

/** A fifth of the rows makes room at once, so that a full file is not cut down again with every call. */
const DELETE_OLDEST = `DELETE FROM calls WHERE sequence <= (
  SELECT min(sequence) + (max(sequence) - min(sequence)) / 5 FROM calls
)`

/** How often rows are added before it is given up; each time in between, the oldest make room. */
const MAX_TRIES = 8

/** SQLite's code for a file that may not grow, by its own limit or the disk's (sqlite.org/rescode.html#full). */
const SQLITE_FULL = 13

/** The lengths of the windows and of their stretches, in milliseconds. */
const windows: Readonly<Record<OverviewWindow, { readonly lengthMs: number; readonly stepMs: number }>> = {
  '5m': { lengthMs: 5 * 60_000, stepMs: 5_000 },
  '1h': { lengthMs: 60 * 60_000, stepMs: 60_000 },
  '24h': { lengthMs: 24 * 60 * 60_000, stepMs: 20 * 60_000 },
}

/** The most rows that figures are made from, the newest ones. */
const MAX_COUNTED = 100_000

/** The opened store. */
export class UsageDatabase {
  readonly #database: SqliteDatabase
  readonly #limits: UsageLimits

  /** @throws Error that names the file, where it cannot be used. */
  constructor(limits: UsageLimits) {
    this.#limits = limits
    this.#database = openDatabase(limits.path, limits)
    migrate(this.#database, new URL('./migrations/', import.meta.url))
  }

  /**
   * Adds calls, all or none. Where the file is full, the oldest rows make room.
   * @throws Error where they could not make enough.
   */
  add(calls: readonly CallDetail[]): void {
    for (let tries = 1; ; tries++) {
      try {
        this.#insert(calls)
        return
      } catch (error) {
        if (!isFull(error) || tries === MAX_TRIES) throw error
        this.#database.prepare(DELETE_OLDEST).run()
      }
    }
  }

  /** The newest calls that match. */
  list({ limit, before, text, ...exact }: CallQuery): CallList {
    const conditions: string[] = []
    const values: SqliteValue[] = []
    const where = (condition: string, ...bound: readonly SqliteValue[]) => {
      conditions.push(condition)
      values.push(...bound)
    }
    if (before !== undefined) where('sequence < (SELECT sequence FROM calls WHERE id = ?)', before)
    for (const [name, column] of filters) {
      const value = exact[name]
      if (value !== undefined) where(`${column} = ?`, value)
    }
    if (text !== undefined) {
      const pattern = `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`
      where(
        `(${searched.map((column) => `${column} LIKE ? ESCAPE '\\'`).join(' OR ')})`,
        ...searched.map(() => pattern),
      )
    }
    const filter = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
    const rows = this.#rows(`SELECT * FROM calls ${filter} ORDER BY sequence DESC LIMIT ?`, ...values, limit + 1)
    return { calls: rows.slice(0, limit).map(summaryOf), more: rows.length > limit }
  }

  /** One call. */
  find(id: string): CallDetail | undefined {
    const [row] = this.#rows('SELECT * FROM calls WHERE id = ?', id)
    return row && detailOf(row)
  }

  /** The figures of a window that ends now. */
  overview(window: OverviewWindow, now: number): Omit<Overview, 'open'> {
    const { lengthMs, stepMs } = windows[window]
    const calls = this.#counted(now - lengthMs)
    const stretches = Map.groupBy(calls, ({ startedAt }) => Math.floor(startedAt / stepMs) * stepMs)
    return {
      now,
      window,
      stepMs,
      totals: figuresOf(calls),
      points: Array.from(stretches, ([at, members]) => ({ at, ...figuresOf(members) })).sort((a, b) => a.at - b.at),
      components: groupsOf(calls, ({ component }) => component || undefined),
      models: groupsOf(calls, ({ model }) => model),
      callers: groupsOf(calls, ({ caller }) => caller),
      errors: errorsOf(calls),
    }
  }

  /** Deletes what is too old. */
  forgetOld(now: number): void {
    this.#database.prepare('DELETE FROM calls WHERE started_at < ?').run(now - this.#limits.maxAgeMs)
  }

  /** Closes the file. */
  close(): void {
    this.#database.close()
  }

  #insert(calls: readonly CallDetail[]): void {
    const insert = this.#database.prepare(INSERT_CALL)
    transaction(this.#database, () => {
      for (const call of calls) insert.run(...valuesOf(call))
    })
  }

  #counted(since: number): CountedCall[] {
    const rows = this.#database
      .prepare(`SELECT ${countedColumns.join(', ')} FROM calls WHERE started_at > ? ORDER BY started_at DESC LIMIT ?`)
      .all(since, MAX_COUNTED) as Pick<UsageRow, (typeof countedColumns)[number]>[]
    return rows.map(countedOf)
  }

  #rows(sql: string, ...values: readonly SqliteValue[]): UsageRow[] {
    return this.#database.prepare(sql).all(...values) as UsageRow[]
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_FULL
}

const filters = [
  ['component', 'component'],
  ['state', 'state'],
  ['model', 'model'],
  ['caller', 'caller'],
  ['contextId', 'context_id'],
  ['code', 'error_code'],
] as const

const searched = [
  'id',
  'component',
  'model',
  'caller',
  'context_id',
  'trace_id',
  'error_code',
  'error_message',
] as const
