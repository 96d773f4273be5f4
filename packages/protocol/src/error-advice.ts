/**
 * What each kind of failure means and what to do about it, in the words that people read: the client gives the advice as the
 * hint of its errors, the command line prints that hint, the console shows it beside a failed call, and
 * `docs/troubleshooting.md` is made from both tables. Beside `error.ts`, whose codes they are about.
 */
import { type ErrorCode, isErrorCode } from './error.ts'

/** What has happened, one sentence for each kind. */
export const errorMeanings: Readonly<Record<ErrorCode, string>> = {
  component_not_found: 'The sidecar has loaded no conversation component of that name.',
  missing_inputs: 'The request asks nothing: it has no inputs, or inputs without a message.',
  invalid_params: 'The request can be read, and something in it contradicts the rest or the component.',
  malformed_request: 'The body is no JSON, or not of the shape that the route expects.',
  body_too_large: 'The body of the request is larger than the sidecar reads.',
  unauthenticated: 'The sidecar asks for a token, and the call brought none or a wrong one.',
  forbidden: 'A web page, or a name that is not of this machine, called a sidecar that listens on loopback only.',
  not_found: 'No such route or method is open: the path is wrong, or a Configuration closes it.',
  auth: 'The provider refused the key of the component, or what the key may do.',
  quota: 'The account at the provider has nothing left to spend.',
  rate_limit: 'The provider takes no more requests or tokens for the moment.',
  context_length: 'The question, with all that was said before, is longer than the model reads.',
  content_filter: "The provider's filter refused the question.",
  provider_invalid_request:
    'The provider refused the request as it is: the model does not exist, or takes no such option.',
  unavailable: 'The provider cannot be reached or says that it is down, or a circuit breaker is open.',
  timeout: 'One of the clocks of a call ran out: connect, first token, idle or total.',
  interrupted: 'The connection to the provider ended before the answer was complete.',
  protocol: 'What the provider answered cannot be read as an answer.',
  cancelled: 'The caller left before the answer was complete.',
  shutting_down: 'The sidecar goes down and takes no new calls.',
  internal: 'Something in the sidecar failed that nobody foresaw.',
}

/** What to do about it. Each begins with a verb and makes sense to whoever calls, whichever way the call was made. */
export const errorAdvice: Readonly<Record<ErrorCode, string>> = {
  component_not_found:
    'Use the name of a component that the sidecar has, or add its YAML file to the folder of resources.',
  missing_inputs: 'Send at least one message with content.',
  invalid_params: 'Change the parameter that the message names; the component does not take it as it is.',
  malformed_request: 'Check that the body is JSON in the shape of the API that was called.',
  body_too_large: 'Send less, or raise the limit of the sidecar with --max-body-size.',
  unauthenticated:
    'Set DAPR_API_TOKEN, or the option apiToken, to the token that the sidecar was started with; without our client, send it in the header dapr-api-token.',
  forbidden: 'Call the sidecar by the name of this machine, or allow the origin of the page with --allowed-origins.',
  not_found:
    'Check the endpoint and the path: it must be that of a sidecar, and the conversation API needs dapr-chat or Dapr 1.16 or newer.',
  auth: "Check the key in the component's metadata: the provider refused it.",
  quota: "Check the plan and the billing of the provider's account: what was paid for is used up.",
  rate_limit: 'Wait, send less at once, or add a retry to the resiliency policy.',
  context_length: 'Send fewer or shorter messages, or use a model with a longer context.',
  content_filter: "Say it differently: the provider's filter held the question or the answer back.",
  provider_invalid_request: 'Change what the message names: the provider does not take the request as it is.',
  unavailable:
    'Check the endpoint and the network, and the status page of the provider; then try again. An open circuit breaker lets a call through when its timeout is over.',
  timeout: 'Raise the timeout that ran out, or use a faster model.',
  interrupted: 'Try again: the connection broke in the middle of the answer.',
  protocol: 'Check the endpoint: what answered does not speak the API that the component expects.',
  cancelled: 'Nothing to do: the caller left before the answer was complete.',
  shutting_down: 'Try again when the sidecar is back.',
  internal: "Look into the sidecar's log: the fault is there.",
}

/** What to do about a failure whose code came over a wire; nothing for a code that is none. */
export function adviceFor(code: string): string | undefined {
  return isErrorCode(code) ? errorAdvice[code] : undefined
}
