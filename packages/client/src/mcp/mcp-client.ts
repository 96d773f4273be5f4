/** The connection to an MCP server, as far as it is needed here. */
import type { Client } from '@modelcontextprotocol/sdk/client'

/** A client of the official SDK. */
export type McpClient = Pick<Client, 'listTools' | 'callTool'>
