/** What somebody can do about each kind of failure. The detail of a request, the list of errors and the playground show it. */
import type { ErrorCode } from '@dapr-chat/protocol'

const advice: Readonly<Record<ErrorCode, string>> = {
  component_not_found: 'Use the name of a component that the page Components lists, or add its YAML file.',
  missing_inputs: 'Send at least one message with content.',
  invalid_params: 'Change the parameter that the message names; the component does not take it as it is.',
  malformed_request: 'Check that the body is JSON in the shape of the API that was called.',
  body_too_large: 'Send less, or raise the limit with --max-body-size.',
  unauthenticated: 'Send the token of the sidecar in the header dapr-api-token.',
  forbidden: 'Call the sidecar by the name of this machine, or allow the origin of the page.',
  not_found: 'Check the path: there is no such route.',
  auth: "Check the key in the component's YAML: the provider refused it.",
  quota: 'Add credit or raise the limit with the provider: what was paid for is used up.',
  rate_limit: 'Wait, send less at once, or add a retry to the resiliency policy.',
  context_length: 'Send fewer or shorter messages, or use a model with a longer context.',
  content_filter: "Say it differently: the provider's filter held the question or the answer back.",
  provider_invalid_request: 'Change what the message names: the provider does not take the request as it is.',
  unavailable: 'Check the endpoint and the network, and the status page of the provider; then try again.',
  timeout: 'Raise the timeout that ran out, or use a faster model.',
  interrupted: 'Try again: the connection broke in the middle of the answer.',
  protocol: 'Check the endpoint: what answered does not speak the API that the component expects.',
  cancelled: 'Nothing to do: the caller left before the answer was complete.',
  shutting_down: 'Try again when the sidecar is back.',
  internal: "Look into the sidecar's log: the fault is there.",
}

/** What to do about a failure; nothing for a code that this page does not know. */
export function adviceFor(code: string): string | undefined {
  return Object.hasOwn(advice, code) ? advice[code as ErrorCode] : undefined
}
