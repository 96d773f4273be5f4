/** Runs the program in a page: the sidecar stands in the page's address, `outcome` is there at the end. */
import { DaprChatClient } from '@dapr-chat/client'
import { runProgram } from './program.ts'

const http = new URLSearchParams(location.search).get('sidecar') ?? ''
const outcomes = await runProgram(new DaprChatClient({ component: 'gpt', endpoint: { http } }))
document.body.textContent = JSON.stringify(outcomes)
document.body.id = 'outcomes'
