/** The failures that are the same for every vendor, and what the packages' own errors come to. */
import { ConversationError } from '@dapr-chat/protocol'

/** The stream ended before there was a finish reason. */
export function cutOff(): ConversationError {
  return new ConversationError(
    'interrupted',
    'the provider ended the stream before the answer was complete: no finish reason came',
  )
}

/** Something else came than an answer. */
export function notAnAnswer(what: string): ConversationError {
  return new ConversationError('protocol', `the provider answered with ${what} where a stream of events was expected`)
}

/** What the request asks for and this provider, or this model, does not do. */
export function notSupported(what: string): ConversationError {
  return new ConversationError('invalid_params', `invalid params: this provider does not support ${what}`)
}

/**
 * What a vendor's package threw. Its messages may quote the prompt, and its errors carry the whole of it, so neither
 * is kept; the names of features are the exception. The packages are told apart by the names of their errors, because
 * there are several copies of the classes.
 * @param asked whether the provider has been asked: what is thrown after that is about its answer.
 */
export function packageError(thrown: unknown, asked: boolean): ConversationError {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if (error instanceof ConversationError) return error
    if (error.name === 'AI_UnsupportedFunctionalityError' && 'functionality' in error) {
      return notSupported(String(error.functionality).toWellFormed())
    }
    if (error.name === 'AI_InvalidPromptError' || error.name === 'AI_InvalidArgumentError') {
      return new ConversationError('invalid_params', 'invalid params: this provider cannot be asked in this way')
    }
  }
  if (asked) return notAnAnswer('something that cannot be read')
  return new ConversationError('internal', 'the request could not be written for this provider')
}
