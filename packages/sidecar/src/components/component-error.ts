/** The failure that stops the start: thrown by `load.ts` and `registry.ts`, shown by the command line without a stack. */

/** Components cannot be loaded, and the sidecar must not start: the message says what must hold, and where. */
export class ComponentError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ComponentError'
  }
}
