/**
 * Where our answers are meant to differ from daprd's, and why. A difference that does not stand here fails the run against a
 * real daprd.
 */

/** One reason, and the cases that differ for it. */
export interface Difference {
  /** In the words of the report. */
  readonly reason: string
  /** Names of cases; without ", over HTTP" and ", over gRPC" where both differ. */
  readonly cases: readonly string[]
}

/** All of them. */
export const differences: readonly Difference[] = [
  {
    reason:
      'daprd 1.18 prints the reason of a refusal as a formatting error, `invalid params%!(EXTRA ...)`. Ours is the text that ' +
      'its next version has.',
    cases: [
      'tools: a call without a function',
      'tools: an empty call',
      'tool choice: "F" with tools',
      'tool choice: "other" with tools',
      'tool choice: "REQUIRED" with tools',
      'tool choice: "required" without tools',
      'tool choice: a name, and one tool without a function',
      'errors: a message of no type',
      'errors: a message of no type after a good one',
      'errors: a message of no type before a bad tool choice',
      'errors: a message of a type that is not known',
      'errors: a message whose type is null',
    ],
  },
  {
    reason:
      'Errors over gRPC carry a `google.rpc.ErrorInfo` with the kind of failure, because the text alone does not tell a rate ' +
      'limit from a refused key. The code and the text are the same.',
    cases: ['errors: the details of a refusal', 'errors: the details of a failure'],
  },
  {
    reason:
      'daprd reads the metadata of alpha1 into an internal structure and fails where a name there is also a field of it. Ours ' +
      'takes any names.',
    cases: ['alpha1: metadata whose names are those of internal fields'],
  },
  {
    reason:
      'Each version spells `contextId` and `scrubPii` in its own way, and daprd passes over the other spelling without a word, ' +
      'so that nothing is scrubbed. Ours takes both in both.',
    cases: [
      'JSON: the context id of alpha1 in alpha2',
      'JSON: the context id of alpha2 in alpha1',
      'JSON: the scrub flag of alpha1 in alpha2',
      'JSON: the scrub flag of alpha2 in alpha1',
    ],
  },
  {
    reason: 'The arguments of tool calls are scrubbed too. daprd lets personal data pass there.',
    cases: ['scrub: the arguments of a call in the question', 'scrub: the arguments of a call in the answer'],
  },
  {
    reason: 'Nothing that was found stays. daprd stalls at matches that overlap and lets the rest of the text pass.',
    cases: ['personal data: "IP is 192.168.1.100 and card 4263982640269299"', 'personal data: "3.14159265358979"'],
  },
  {
    reason: 'An IPv6 address begins and ends where a word does. daprd finds one in the middle of `std::vector`.',
    cases: ['personal data: "std::vector"'],
  },
  {
    reason: 'Ours streams. daprd has no such method.',
    cases: ['gRPC: streaming, which Dapr never released'],
  },
  {
    reason:
      'Ours does not call other applications: what daprd takes for a call to be passed on, and refuses for want of an ' +
      'application, is an unknown method here.',
    cases: [
      'health: there is no health service of gRPC',
      'gRPC: a method that does not exist',
      'gRPC: a service that does not exist',
    ],
  },
  {
    reason:
      'Ours has conversations alone: no invocation, secrets, state or other building blocks, whose routes and methods are ' +
      'unknown here.',
    cases: [
      'gRPC: a method of another building block',
      'edges: a call of another application',
      'edges: another application named in a header',
      'edges: a secret',
      'edges: a state',
    ],
  },
  {
    reason: 'Reflection answers. daprd registers it, and then takes the call for one to be passed on.',
    cases: ['gRPC: reflection v1', 'gRPC: reflection v1alpha'],
  },
  {
    reason:
      'Without the token, daprd refuses unknown methods and reflection too. Ours says that the method is unknown, and describes ' +
      'the service, neither of which tells more than this repository.',
    cases: ['token: none, an unknown method of gRPC', 'token: none, reflection'],
  },
  {
    reason:
      'A text may nest 1,000 deep, which no schema comes near. daprd allows 10,000, which a JavaScript stack does not hold.',
    cases: ['edges: nested 3000 deep'],
  },
  {
    reason:
      'On loopback, a web page of another origin is refused: it could use every key that the sidecar has. daprd answers it, ' +
      'and leaves it to the browser to keep the answer from the page.',
    cases: ['edges: a page of another origin'],
  },
  {
    reason: 'The letters of a route may be escaped, as RFC 3986 has it. daprd compares them as they are written.',
    cases: ['edges: an escaped letter of the route'],
  },
  {
    reason:
      'The HTTP API speaks HTTP/1.1, and goes on in it where HTTP/2 is offered, as HTTP allows. daprd speaks both on that port; ' +
      "Dapr's SDKs use HTTP/2 for gRPC alone, or offer it.",
    cases: ['edges: HTTP/2 without TLS', 'edges: an offer to go on in HTTP/2'],
  },
  {
    reason:
      'A field whose bytes are of another type than the description says makes the message unreadable. Go passes over the field, ' +
      'and the refusal that follows is another one.',
    cases: ['edges: a field of another wire type, over gRPC'],
  },
]

/** The number of the difference, counted from 1, that a case is listed under; undefined where it is not. */
export function differenceOf(name: string): number | undefined {
  const both = name.replace(/, over (?:HTTP|gRPC)$/, '')
  const index = differences.findIndex(({ cases }) => cases.includes(name) || cases.includes(both))
  return index === -1 ? undefined : index + 1
}
