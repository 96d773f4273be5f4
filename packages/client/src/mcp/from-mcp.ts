/** Makes tools of the client from those of an MCP server, through the official SDK's client. */
import type { JsonObject } from '@dapr-chat/protocol'
import { InvalidRequestError } from '../errors.ts'
import { type Tool, tool } from '../tools/tool.ts'
import type { McpClient } from './mcp-client.ts'
import { resultText } from './result-text.ts'

/** What a server says of one of its tools. */
export type McpToolDescription = Awaited<ReturnType<McpClient['listTools']>>['tools'][number]

/** How the tools of a server become tools of the client. */
export interface McpToolOptions {
  /** Put in front of every name, so that two servers may have tools of one name. */
  readonly prefix?: string
  /**
   * The name that the model sees, before the prefix. Needed for tools whose names providers refuse: a name is 1 to 64
   * letters, digits, `_` or `-`.
   */
  readonly rename?: (name: string) => string
  /**
   * How long one run of a tool may take, in milliseconds.
   * @default 60000
   */
  readonly timeoutMs?: number
  /** Whether the option `approve` of the call is asked before a run, for all tools or by what the server says of one. */
  readonly needsApproval?: boolean | ((tool: McpToolDescription) => boolean)
  /** Stops the listing of the tools. */
  readonly signal?: AbortSignal
}

/** As the official SDK has it. */
const TIMEOUT_MS = 60_000

/** The longest that a timer can wait, in milliseconds. The tool's own clock is the one that counts. */
const NEVER_MS = 2 ** 31 - 1

/**
 * The tools that a server has now, for the option `tools`. The client must be connected, and stays so for as long as the
 * tools are used; closing it is the program's. What a tool reports as its error becomes an error that the model is told.
 * @throws InvalidRequestError for a name that providers refuse, and for a server whose list of tools never ends.
 */
export async function fromMcp(client: McpClient, options: McpToolOptions = {}): Promise<Tool[]> {
  const { prefix = '', rename = (name) => name } = options
  const { timeoutMs = TIMEOUT_MS, needsApproval = false } = options
  const described = await listTools(client, options.signal)
  return described.map((description) =>
    tool<Record<string, unknown>>({
      name: `${prefix}${rename(description.name)}`,
      description: describe(description),
      // The SDK has checked that it is an object.
      input: description.inputSchema as JsonObject,
      timeoutMs,
      needsApproval: typeof needsApproval === 'function' ? needsApproval(description) : needsApproval,
      async execute(input, { signal }) {
        const request = { name: description.name, arguments: input }
        const result = await client.callTool(request, undefined, { signal, timeout: NEVER_MS })
        const text = resultText(result)
        if (result.isError === true) throw new Error(text)
        return text
      },
    }),
  )
}

async function listTools(client: McpClient, signal: AbortSignal | undefined): Promise<McpToolDescription[]> {
  const tools: McpToolDescription[] = []
  const seen = new Set<string>()
  let cursor: string | undefined
  do {
    const page = await client.listTools(cursor === undefined ? undefined : { cursor }, signal && { signal })
    tools.push(...page.tools)
    cursor = page.nextCursor
    if (cursor !== undefined && seen.has(cursor)) {
      throw new InvalidRequestError(
        `Cannot list the tools of the server: each page must lead to another: current value of nextCursor is ${JSON.stringify(cursor)} again`,
      )
    }
    if (cursor !== undefined) seen.add(cursor)
  } while (cursor !== undefined)
  return tools
}

/** The client's tools must say what they do; MCP's need not. */
function describe({ name, title, description, annotations }: McpToolDescription): string {
  return description?.trim() || title?.trim() || annotations?.title?.trim() || `The tool ${name}`
}
