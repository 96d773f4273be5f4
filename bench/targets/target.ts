/** What can be measured. */
import type { Caller } from '../load/caller.ts'
import type { ServerProcess } from '../processes/server-process.ts'

/** A way from the load to the provider. */
export interface Target {
  /** Its name in options and in the JSON of results. */
  readonly name: string
  /** Its name in tables. */
  readonly title: string
  /**
   * Whose figures have budgets: the sidecar over SSE or over gRPC. What has none is there to compare with.
   */
  readonly budgets?: 'sse' | 'grpc'
  /** Starts it in front of a provider. */
  start(options: TargetOptions): Promise<RunningTarget>
}

/** How a target is started. */
export interface TargetOptions {
  /** Scheme, host and port of the provider. */
  readonly provider: string
  /** The folder that receives CPU profiles; absent for none. */
  readonly profileFolder: string | undefined
}

/** A target that answers. */
export interface RunningTarget {
  readonly caller: Caller
  /** The process under test; absent where load and provider talk directly. */
  readonly server?: ServerProcess
  /** Ends it. */
  stop(): Promise<void>
}

/** A server process and its caller, ended together. */
export function runningTarget(server: ServerProcess, caller: Caller): RunningTarget {
  return {
    caller,
    server,
    stop: async () => {
      await caller.close()
      await server.stop()
    },
  }
}
