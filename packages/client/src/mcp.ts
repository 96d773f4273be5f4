/**
 * `@dapr-chat/client/mcp`: the tools of an MCP server as tools that the client runs. Apart from the client, because it
 * needs `@modelcontextprotocol/sdk`.
 *
 * @module client/mcp
 */
export type { McpToolDescription, McpToolOptions } from './mcp/from-mcp.ts'
export { fromMcp } from './mcp/from-mcp.ts'
export type { McpClient } from './mcp/mcp-client.ts'
