/** Words of the page for what the sidecar names in identifiers. */
import type { CallPhase, CallState, CallSurface, ClockView } from '@dapr-chat/protocol/console'

export const stateWords: Readonly<Record<CallState, string>> = {
  running: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  interrupted: 'interrupted',
  cancelled: 'cancelled',
}

/** A shape for each state, so that nobody has to see colours. */
export const stateMarks: Readonly<Record<CallState, string>> = {
  running: '◔',
  succeeded: '✓',
  failed: '✕',
  interrupted: '⚡',
  cancelled: '■',
}

export const surfaceWords: Readonly<Record<CallSurface, string>> = {
  'dapr-http': 'Dapr over HTTP',
  'dapr-grpc': 'Dapr over gRPC',
  openai: 'OpenAI-compatible',
}

export const phaseWords: Readonly<Record<CallPhase['name'], string>> = {
  queue: 'queue',
  connect: 'connect',
  'first-token': 'first token',
  stream: 'stream',
  tools: 'tools',
  wait: 'wait',
}

/** The clocks, by what runs out. */
export const clockWords: Readonly<Record<ClockView['name'], string>> = {
  connect: 'connect',
  'first-token': 'first token',
  idle: 'idle',
  total: 'total',
}
