/** What an MCP tool returned, in the text that the model reads. */
import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/sdk/types.js'
import type { McpClient } from './mcp-client.ts'

type McpResult = Awaited<ReturnType<McpClient['callTool']>>

/**
 * The texts of a result, one after the other; images, sounds and files are named in it. Structured content comes last,
 * as JSON, unless one of the texts is that JSON already, as servers are asked to send for clients that know no better.
 */
export function resultText(result: McpResult): string {
  // Servers of the first version of MCP answer with this instead.
  if ('toolResult' in result) return JSON.stringify(result.toolResult) ?? ''
  const { content, structuredContent } = result as CallToolResult
  const texts = content.map(contentText)
  if (structuredContent !== undefined) {
    const json = JSON.stringify(structuredContent)
    if (!texts.some((text) => normalJson(text) === json)) texts.push(json)
  }
  return texts.join('\n')
}

function contentText(part: ContentBlock): string {
  switch (part.type) {
    case 'text':
      return part.text
    case 'image':
    case 'audio':
      return `[${part.type}: ${part.mimeType}]`
    case 'resource': {
      const { resource } = part
      return 'text' in resource ? resource.text : `[file: ${resource.uri}${ofType(resource.mimeType)}]`
    }
    case 'resource_link':
      return `[link: ${part.name}, ${part.uri}${ofType(part.mimeType)}]`
  }
}

function ofType(mimeType: string | undefined): string {
  return mimeType === undefined ? '' : `, ${mimeType}`
}

function normalJson(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text))
  } catch {
    return undefined
  }
}
