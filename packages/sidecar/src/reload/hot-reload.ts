/**
 * Notices that files in the resources folders change, and has them loaded again. The composition root starts it when
 * the sidecar listens. What loading does with the files is not known here.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { FSWatcher } from 'chokidar'
import type { Report } from '../components/report.ts'
import { QuietMoment } from './quiet-moment.ts'

/** What is watched, and what follows. */
export interface HotReloadOptions {
  readonly folders: readonly string[]
  /**
   * How often the folders are loaded again without any notice of a change, in milliseconds: not every file system
   * tells, and a folder that was removed and made again is found this way.
   */
  readonly reconcileMs: number
  /** Loads the folders again; reports its own failures. */
  readonly reload: () => Promise<void>
  readonly report: Report
}

/** An editor that saves, or a volume of Kubernetes that is swapped, does several things in a row. */
const QUIET_MS = 100
const PATIENCE_MS = 2_000

/** The longest that a timer of Node takes; a longer one would end at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Watches until it is closed. */
export class HotReload {
  readonly #options: HotReloadOptions
  readonly #moment: QuietMoment
  readonly #timer: NodeJS.Timeout
  /** Folders that are gone, and whose watch went with them. */
  readonly #gone = new Set<string>()
  readonly #watcher: Promise<FSWatcher>

  constructor(options: HotReloadOptions) {
    this.#options = options
    this.#moment = new QuietMoment({ quietMs: QUIET_MS, patienceMs: PATIENCE_MS, work: options.reload })
    this.#watcher = this.#watch()
    this.#timer = setInterval(() => this.#reconcile(), Math.min(options.reconcileMs, MAX_TIMER_MS))
  }

  /** Ends watching, and waits for a reload that is in progress. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    const watcher = await this.#watcher
    await Promise.all([watcher.close(), this.#moment.close()])
  }

  async #watch(): Promise<FSWatcher> {
    const { folders, report } = this.#options
    // Not imported above: whoever watches nothing does not wait for it.
    const { watch } = await import('chokidar')
    const watcher = watch([...folders], { ignoreInitial: true, depth: 0 })
    const roots = new Map(folders.map((folder) => [resolve(folder), folder]))
    watcher.on('all', (event, path) => {
      const root = roots.get(resolve(path))
      if (event === 'unlinkDir' && root !== undefined) this.#gone.add(root)
      this.#moment.signal()
    })
    // What changed between the loading of the components and now was not noticed.
    watcher.on('ready', () => this.#moment.signal())
    watcher.on('error', (error) => {
      const reason = error instanceof Error ? error.message : String(error)
      report.warn(`Cannot watch the resources folders; they are read every ${this.#options.reconcileMs} ms: ${reason}`)
    })
    return watcher
  }

  async #reconcile(): Promise<void> {
    const watcher = await this.#watcher
    for (const folder of this.#gone) {
      if (!existsSync(folder)) continue
      this.#gone.delete(folder)
      watcher.add(folder)
    }
    this.#moment.signal()
  }
}
