/** Runs the program in Node, Bun or Deno: the sidecar comes from Dapr's environment variables, the outcome goes to standard output. */
import { DaprChatClient } from '@dapr-chat/client'
import { runProgram } from './program.ts'

await using llm = new DaprChatClient({ component: 'gpt' })
console.log(JSON.stringify(await runProgram(llm)))
