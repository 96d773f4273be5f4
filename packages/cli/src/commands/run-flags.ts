/** The flags of `run`: those of `serve`, which has the names of `dapr run`, and which sidecar it is to be. */
import type { Flags } from '../arguments/flag.ts'
import { serveFlags } from './serve-flags.ts'

const { wait: _wait, version: _version, 'build-info': _buildInfo, help, ...shared } = serveFlags

export const runFlags = {
  ...shared,
  engine: {
    type: 'string',
    placeholder: 'NAME',
    default: 'dapr-chat',
    description:
      'The sidecar: dapr-chat, in the process of this command, or daprd, a real one with the same components',
  },
  daprd: {
    type: 'string',
    placeholder: 'PATH',
    default: 'the one on the path, or in ~/.dapr/bin',
    description: 'The daprd to start; the same as --engine daprd with it',
  },
  'run-file': {
    type: 'string',
    short: 'f',
    placeholder: 'FILE',
    description:
      'Run several apps, each with a sidecar, as a file of the Dapr CLI says; a folder stands for its dapr.yaml',
  },
  help,
  kubernetes: { type: 'boolean', short: 'k', ignored: true, description: '' },
} as const satisfies Flags
