import { httpCaller, openAiDialect } from '../load/http-caller.ts'
import { SERVER_CORE } from '../processes/cores.ts'
import { ServerProcess } from '../processes/server-process.ts'
import { runningTarget, type Target } from './target.ts'

/** A pipe of Node's own HTTP, which reads nothing of what passes: what two budgets are multiples of. */
export const pipe: Target = {
  name: 'pipe',
  title: 'raw pipe',
  start: async ({ provider, profileFolder }) => {
    const server = new ServerProcess({
      file: 'bench/targets/pipe-server.ts',
      args: [provider],
      core: SERVER_CORE,
      profileFolder,
    })
    return runningTarget(server, httpCaller(await server.ready, openAiDialect('bench')))
  },
}
