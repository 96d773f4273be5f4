/**
 * What somebody meets who begins: the ten situations of `docs/troubleshooting.md`, with the words that are printed. In them
 * `…` stands for what varies. `conformance/troubleshooting.test.ts` brings each of them about and compares the words.
 */

/** One situation. */
export interface Situation {
  readonly title: string
  /** What was done. */
  readonly done: string
  /** What is printed or answered, line by line. */
  readonly seen: readonly string[]
  /** The exit code, or the HTTP status, with what it is one of; empty where all goes on. */
  readonly ends: string
  /** What is behind it, and what to do. */
  readonly todo: string
}

/** By the names that the test knows them by. */
export const situations = {
  portInUse: {
    title: 'A port is in use',
    done: '`dapr-chat serve`',
    seen: [
      'dapr-chat: Cannot start: port … must be free: … listens on it; stop it, or choose another port with --dapr-http-port',
    ],
    ends: 'exit code 3',
    todo: 'Another sidecar, or a daprd, has the port. The line names the process and the flag. Where one `dapr-chat` has all three ports, the line says at which address a sidecar runs already, and its pid. A port of 0 means any free one; `dapr-chat doctor` looks at all three ports.',
  },
  missingKey: {
    title: 'A key is missing',
    done: '`dapr-chat serve`',
    seen: ['openai skipped: OPENAI_API_KEY is not set (…openai.yaml:…)'],
    ends: '',
    todo: 'The component is left out and the others work. Set the variable in the shell or in a file named `.env`, and start again. `dapr-chat doctor` names the keys that are there, never their values.',
  },
  keyRefused: {
    title: 'The provider refuses the key',
    done: '`dapr-chat ask --component gpt …`',
    seen: [
      'dapr-chat: API returned unexpected status code: 401: Incorrect API key provided: ***.',
      "Check the key in the component's metadata: the provider refused it.",
    ],
    ends: 'exit code 4',
    todo: 'What the provider said is passed on, without the key. Look for a key of another account or another vendor, a space behind it, or an `endpoint` that is not the one of the key.',
  },
  modelNotFound: {
    title: 'The model does not exist',
    done: '`dapr-chat ask --component gpt …`',
    seen: [
      'dapr-chat: API returned unexpected status code: 404: The model `gpt-4.1-nanno` does not exist or you do not have access to it.',
      'Change what the message names: the provider does not take the request as it is.',
    ],
    ends: 'exit code 2',
    todo: 'Correct `model` in the component’s file; the sidecar takes the change up while it runs. Vendors name the models that an account may use on their own pages.',
  },
  componentNotFound: {
    title: 'The component does not exist',
    done: '`dapr-chat ask --component gtp …`',
    seen: ['dapr-chat: Unknown component "gtp": did you mean gpt?'],
    ends: 'exit code 2',
    todo: 'Use one of the names that `GET /v1.0/metadata` or the page Components of the console lists. Over HTTP the answer is 400 with `ERR_CONVERSATION_NOT_FOUND`, as with daprd; the client’s `ComponentNotFoundError` has the names in `available`. For one that was skipped `ask` says why, with exit code 4, unless the sidecar is a daprd or has no console: then look at the lines before `ready`.',
  },
  wrongPath: {
    title: 'The folder of components does not exist',
    done: '`dapr-chat serve --resources-path ./nowhere`',
    seen: [
      'dapr-chat: Cannot load components from "./nowhere": it must be a folder that can be read: it does not exist',
    ],
    ends: 'exit code 2',
    todo: 'Paths count from where the command is started. Without the flag it is `./components`, or else one with `echo` that comes with the command.',
  },
  unsupportedKind: {
    title: 'The kind of component is not supported',
    done: '`dapr-chat serve`',
    seen: [
      'statestore skipped: state.redis is not a conversation (…redis.yaml:…)',
      "dapr-chat: [CREATE_COMPONENT_FAILURE]: initialization error occurred for x (conversation.opnai/v1): couldn't find conversation conversation.opnai/v1: did you mean conversation.openai? (…x.yaml:…)",
    ],
    ends: 'exit code 2 for the second',
    todo: 'Components of Dapr’s other building blocks are passed over, so that one folder can serve daprd too. A kind of conversation that does not exist stops the start, as in daprd; [components.md](components.md) has those that exist, and `spec.ignoreErrors: true` starts without it.',
  },
  providerTimeout: {
    title: 'The provider does not answer in time',
    done: '`dapr-chat ask --component gpt …`',
    seen: [
      'dapr-chat: the provider sent no token within 200 ms',
      'Raise the timeout that ran out, or use a faster model.',
    ],
    ends: 'exit code 124',
    todo: 'The message says which of the four clocks ran out. They are settings of the component: `connectTimeout`, `firstTokenTimeout`, `idleTimeout`, `totalTimeout`; a timeout of a [resiliency policy](resiliency.md) says so itself. Models that think before they speak need a longer first one.',
  },
  breakerOpen: {
    title: 'A circuit breaker is open',
    done: '`dapr-chat ask --component gpt …`',
    seen: [
      'dapr-chat: circuit breaker is open',
      'Check the endpoint and the network, and the status page of the provider; then try again. An open circuit breaker lets a call through when its timeout is over.',
    ],
    ends: 'exit code 5',
    todo: 'The provider failed as often as `trip` of the [resiliency policy](resiliency.md) allows, and is left alone for the time that `timeout` says; `Retry-After` has what is left of it, and our client waits for it where it is a minute at most. The failures before it say why; the console shows them, and the breaker’s state.',
  },
  malformedInputs: {
    title: 'The inputs are malformed',
    done: '`POST /v1.0-alpha2/conversation/echo/converse` with `{"inputs":"hello"}`',
    seen: [
      '{"errorCode":"ERR_MALFORMED_REQUEST","message":"failed deserializing HTTP body: proto: cannot decode field dapr.proto.runtime.v1.ConversationRequestAlpha2.inputs from JSON: expected Array, got \\"hello\\""}',
    ],
    ends: 'HTTP 400',
    todo: 'The smallest body of `v1.0-alpha2` is `{"inputs":[{"messages":[{"ofUser":{"content":[{"text":"Hello"}]}}]}]}`, and of `v1.0-alpha1` `{"inputs":[{"content":"Hello"}]}`. `GET /openapi.json` has the whole shape.',
  },
} as const satisfies Readonly<Record<string, Situation>>

/** The name of a situation. */
export type SituationName = keyof typeof situations
