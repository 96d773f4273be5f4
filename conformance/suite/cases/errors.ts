/** Every refusal that the contract names, and which of two comes first. */
import type { CaseGroup } from '../case.ts'
import { hello, input, pathOf, refusal, refused, said, tool } from './make.ts'

const missing = {
  errorCode: 'ERR_CONVERSATION_MISSING_INPUTS',
  message: 'failed conversing with component echo: missing inputs in request',
}
const unknown = (component: string) => ({
  errorCode: 'ERR_CONVERSATION_NOT_FOUND',
  message: `failed finding conversation component ${component}`,
  component,
})
const noType = {
  errorCode: 'ERR_CONVERSATION_INVALID_PARMS',
  message: 'failed conversing with component echo: invalid params: message type cannot be nil',
}
const empty = { name: 'echo' }
const details = 'grpc-status-details-bin'

/** Refusals of requests that can be read. */
export const errors: CaseGroup = {
  title: 'Errors',
  cases: [
    ...(['alpha1', 'alpha2'] as const).flatMap((version) => [
      ...refused(`errors: no inputs, ${version}`, version, { metadata: { model: 'daprGPT' } }, missing),
      ...refused(`errors: an empty list of inputs, ${version}`, version, { inputs: [] }, missing),
      ...refused(`errors: an unknown component, ${version}`, version, { inputs: [{}] }, unknown('nobody')),
      ...refused(`errors: a component in other letters, ${version}`, version, { inputs: [{}] }, unknown('Echo')),
      ...refused(`errors: an unknown component before missing inputs, ${version}`, version, {}, unknown('nobody')),
      {
        name: `errors: no body, ${version}`,
        request: { http: { method: 'POST', path: pathOf(version) } },
        answer: refusal(missing.errorCode, missing.message),
      },
      {
        name: `errors: an empty message, ${version}`,
        request: { grpc: { method: version === 'alpha1' ? 'ConverseAlpha1' : 'ConverseAlpha2' } },
        // The message ends with a space, which HTTP/2 of some clients does not let through.
        only: ['code'],
        answer: { code: 3 },
      } as const,
    ]),
    ...refused('errors: a message of no type', 'alpha2', input({}), noType),
    ...refused('errors: a message of no type after a good one', 'alpha2', input({ ofUser: said('hi') }, {}), noType),
    ...refused(
      'errors: a message of no type before a bad tool choice',
      'alpha2',
      { ...input({}), toolChoice: 'x', tools: [tool('f')] },
      noType,
    ),
    {
      name: 'errors: a message of a type that is not known',
      request: { http: { path: pathOf('alpha2'), json: input({ invalidField: { name: 'x' } }) } },
      answer: refusal(noType.errorCode, noType.message),
    },
    {
      name: 'errors: a message whose type is null',
      request: { http: { path: pathOf('alpha2'), json: input({ ofUser: null }) } },
      answer: refusal(noType.errorCode, noType.message),
    },
    {
      name: 'errors: the details of a refusal',
      request: { grpc: { method: 'ConverseAlpha2', message: empty } },
      headers: [details],
      answer: { code: 3, message: missing.message, headers: { [details]: 'google.rpc.ErrorInfo' } },
    },
    {
      name: 'errors: the details of a failure',
      request: {
        grpc: {
          method: 'ConverseAlpha2',
          message: { ...empty, ...hello, tools: [{ function: { name: 'f', parameters: { properties: 'x' } } }] },
        },
      },
      headers: [details],
      only: ['code', 'headers'],
      answer: { code: 13, headers: { [details]: 'google.rpc.ErrorInfo' } },
    },
  ],
}
