#!/usr/bin/env node
// The sidecar alone, under the name, the flags and the version that Dapr's own tools look for. Nothing links it to that
// name by itself: docs/dapr-cli.md says how.
import { start } from './start.js'

start('daprd')
