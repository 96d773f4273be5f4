/** What `run` and `dev` need of a sidecar, whichever it is: `own-sidecar.ts` and `daprd.ts` start one. */

/** A component that the sidecar has. */
export interface RunningComponent {
  readonly name: string
  readonly type: string
}

/** A sidecar that is ready. Disposed, it ends. */
export interface RunningSidecar extends AsyncDisposable {
  /** Those that can be used. */
  readonly components: readonly RunningComponent[]
  /** Resolves where it ends without being told by this command, with what is to be said about it if it failed. */
  readonly ended: Promise<{ readonly failure?: string }>
}
