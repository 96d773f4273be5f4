/** A sidecar in the example's own process, for those that want more than echo or an echo that takes its time. */
import { join } from 'node:path'
import { createSidecar } from '@dapr-chat/sidecar'
import { ruleModel } from './rule-model.ts'

/** Starts one with the components `rules` and `echo`, on free ports; `await using` stops it. */
export async function startSidecar(): Promise<{ readonly http: string } & AsyncDisposable> {
  const sidecar = await createSidecar({
    providers: [ruleModel],
    resourcesPaths: [join(import.meta.dirname, 'sidecar')],
    httpPort: 0,
    grpcPort: 0,
    metricsPort: 0,
    storePath: ':memory:',
    logLevel: 'error',
  })
  const { http } = await sidecar.listen()
  return { http, [Symbol.asyncDispose]: () => sidecar.close() }
}
