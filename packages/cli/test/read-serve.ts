/**
 * What `dapr-chat serve` makes of its flags, as JSON, without starting anything: the checks of the manifests in `deploy/` run
 * this program, so that ports and times in a manifest are held against the command's own reading.
 */
import { parseArguments } from '../src/arguments/parse.ts'
import { durationValue } from '../src/arguments/value.ts'
import { ignoredFlags, serveFlags } from '../src/commands/serve-flags.ts'
import { serveSettings } from '../src/serving/settings.ts'

const { values, positionals } = parseArguments(serveFlags, process.argv.slice(2))
const useless = [...ignoredFlags(values), ...positionals]
if (useless.length > 0) throw new Error(`the flags must have an effect: ${useless.join(' ')}`)
const settings = serveSettings(values, {}, { folders: [], addresses: ['127.0.0.1'] })
const blockShutdownMs = durationValue('dapr-block-shutdown-duration', values['dapr-block-shutdown-duration'] ?? '0')
process.stdout.write(JSON.stringify({ settings, blockShutdownMs }))
