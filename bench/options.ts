/** The benchmark's command line. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { repositoryRoot } from '../tools/repository.ts'

/** What a run was told. */
export interface Options {
  /** A short run. */
  readonly quick: boolean
  /** Whether the providers are compared instead of the surfaces. */
  readonly providers: boolean
  /** Targets and measurements to run, by name; empty for all. */
  readonly only: readonly string[]
  /** Other gateways to measure beside ours. */
  readonly peers: readonly string[]
  /** The file that receives the figures as JSON. */
  readonly out: string
  /** A Markdown file whose table, between two marks, is written anew. */
  readonly markdown: string | undefined
  /** The folder that receives a CPU profile of each server process. */
  readonly profile: string | undefined
}

/** What `--help` prints. */
export const HELP = `Usage: npm run bench -- [options]

  --quick          a short run, for a look at a change, instead of the published one
  --providers      compare the providers: CPU per chunk, and memory per open stream
  --only NAME      run only this target (with --providers: this provider) or measurement; may be repeated
  --peer NAME      measure another gateway too: portkey
  --out FILE       write the figures as JSON (default: build/bench.json; build/bench-providers.json)
  --markdown FILE  write the table anew, between the marks in this file
  --profile DIR    write a CPU profile of each server process into this folder
`

/** Reads the command line; `undefined` where help was asked for. @throws TypeError for an unknown option. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      providers: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      peer: { type: 'string', multiple: true, default: [] },
      out: { type: 'string' },
      markdown: { type: 'string' },
      profile: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return undefined
  const { quick, providers, only, peer, markdown, profile } = values
  const out = values.out ?? join(repositoryRoot, providers ? 'build/bench-providers.json' : 'build/bench.json')
  return { quick, providers, only, peers: peer, out, markdown, profile }
}
