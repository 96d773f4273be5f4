/** The tools of one call by their names: which the client runs, and which a model's call means. */
import { InvalidRequestError } from '../errors.ts'
import type { ChatTool } from './chat-tool.ts'
import type { Tool } from './tool.ts'

/** What a name that the model wrote stands for. */
export type Lookup =
  | { readonly kind: 'run'; readonly tool: Tool; readonly exact: boolean }
  /** A tool without code: its call is the program's to answer. */
  | { readonly kind: 'leave' }
  | { readonly kind: 'unknown' }

/** The tools of one call. */
export class ToolSet {
  readonly names: readonly string[]
  readonly #described = new Set<string>()
  readonly #tools = new Map<string, Tool>()
  readonly #similar = new Map<string, Tool>()

  /** @throws InvalidRequestError where two names differ only in ways that are not told apart when a call is looked up. */
  constructor(tools: readonly ChatTool[]) {
    for (const tool of tools) {
      if (isTool(tool)) this.#add(tool)
      else this.#described.add('function' in tool ? tool.function.name : tool.name)
    }
    this.names = [...this.#tools.keys(), ...this.#described]
  }

  /** Whether there is any tool that the client can run. */
  get runsAny(): boolean {
    return this.#tools.size > 0
  }

  /** The first tool that may need an approval. */
  get needingApproval(): Tool | undefined {
    return [...this.#tools.values()].find(({ needsApproval = false }) => needsApproval !== false)
  }

  /** The exact name first; models change case and separators now and then, so the nearest name counts after it. */
  find(name: string): Lookup {
    const tool = this.#tools.get(name)
    if (tool) return { kind: 'run', tool, exact: true }
    if (this.#described.has(name)) return { kind: 'leave' }
    const similar = this.#similar.get(normalise(name))
    return similar ? { kind: 'run', tool: similar, exact: false } : { kind: 'unknown' }
  }

  #add(tool: Tool): void {
    const key = normalise(tool.name)
    const other = this.#similar.get(key)
    if (other) {
      throw new InvalidRequestError(
        `Cannot use the tools: their names must differ in more than case, spaces, "_" and "-": current values are "${other.name}" and "${tool.name}"`,
      )
    }
    this.#similar.set(key, tool)
    this.#tools.set(tool.name, tool)
  }
}

/** Whether the client can run it. */
export function isTool(tool: ChatTool): tool is Tool {
  return 'execute' in tool
}

function normalise(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, '')
}
