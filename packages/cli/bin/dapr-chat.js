#!/usr/bin/env node
// The command.
import { start } from './start.js'

start('dapr-chat')
