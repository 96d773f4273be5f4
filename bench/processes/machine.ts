/** What a run of the benchmark ran on, to stand beside its figures. */
import { cpus, loadavg } from 'node:os'
import { canPin } from './cores.ts'

/** The machine, and how busy it was. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly node: string
  readonly platform: string
  /** Whether every process had its core. */
  readonly pinned: boolean
  /** The load average of the last minute, before the first measurement and after the last. */
  readonly load: { readonly before: number; readonly after: number }
}

/** Describes this machine. @param loadBefore the load average when the run began. */
export function describeMachine(loadBefore: number): Machine {
  const cores = cpus()
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    pinned: canPin,
    load: { before: loadBefore, after: loadNow() },
  }
}

/** The load average of the last minute. */
export function loadNow(): number {
  return loadavg()[0] ?? 0
}
