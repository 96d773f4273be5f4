/** Dapr's gRPC service: conversations of both versions, whole and streamed, metadata and shutdown. */
import { create, toBinary } from '@bufbuild/protobuf'
import { EmptySchema } from '@bufbuild/protobuf/wkt'
import {
  type CallOrigin,
  ConversationError,
  type ConversationEvent,
  type ConversationRequest,
  type ConversationResult,
  collect,
} from '@dapr-chat/protocol'
import {
  Alpha1StreamWriter,
  Alpha2StreamWriter,
  type ConversationRequestAlpha1,
  type ConversationRequestAlpha2,
  ConversationResponseAlpha1Schema,
  ConversationResponseAlpha2Schema,
  ConversationStreamResponseAlpha1Schema,
  GetMetadataResponseSchema,
  readAlpha1Request,
  readAlpha2Request,
  type SetMetadataRequest,
  writeAlpha1Response,
  writeAlpha2Response,
  writeGrpcStatus,
  writeMetadataResponse,
} from '@dapr-chat/protocol/dapr'
import {
  Metadata,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { isApiOpen } from '../../configuration/configuration.ts'
import type { OpenCall } from '../../pipeline/open-calls.ts'
import { drained } from '../../server/drained.ts'
import { grpcBaggage, INVALID_BAGGAGE, isBaggage } from '../baggage.ts'
import { logGrpcCall } from '../call-log.ts'
import { beginGrpcTrace, traceOf } from '../call-trace.ts'
import { type ApiContext, callerOf } from '../context.ts'
import { endpointOfMethod } from '../endpoints.ts'
import { failureOf } from '../failure.ts'
import { tokenMatches } from '../guard.ts'
import { measureGrpcCall } from '../measure.ts'
import { reachesComponent, tellIfRefused } from '../refusal.ts'

/** Answers leave as bytes: the writers of the wire know how to make them cheaply. */
type Unary<Request> = ServerUnaryCall<Request, Uint8Array>
type Streaming<Request> = ServerWritableStream<Request, Uint8Array>

/** Turns events into messages. */
interface FrameWriter {
  write(batch: readonly ConversationEvent[]): readonly Uint8Array[]
  end(): readonly Uint8Array[]
}

/** The implementation of `dapr.proto.runtime.v1.Dapr`, to be added with `daprService`. */
export function daprImplementation(context: ApiContext): UntypedServiceImplementation {
  const empty = toBinary(EmptySchema, create(EmptySchema))
  return {
    ConverseAlpha1: unary(context, (call: Unary<ConversationRequestAlpha1>) =>
      whole(context, call, readAlpha1Request, (result) =>
        toBinary(ConversationResponseAlpha1Schema, writeAlpha1Response(result, call.request)),
      ),
    ),
    ConverseAlpha2: unary(context, (call: Unary<ConversationRequestAlpha2>) =>
      whole(context, call, readAlpha2Request, (result) =>
        toBinary(ConversationResponseAlpha2Schema, writeAlpha2Response(result, call.request.contextId)),
      ),
    ),
    ConverseStreamAlpha1: (call: Streaming<ConversationRequestAlpha1>) =>
      streamed(context, call, readAlpha1Request, alpha1Frames(call.request)),
    ConverseStreamAlpha2: (call: Streaming<ConversationRequestAlpha2>) =>
      streamed(context, call, readAlpha2Request, alpha2Frames(call.request)),
    GetMetadata: unary(context, async () =>
      toBinary(GetMetadataResponseSchema, writeMetadataResponse(context.metadata())),
    ),
    SetMetadata: unary(context, async ({ request }: Unary<SetMetadataRequest>) => {
      context.setMetadata(request.key, request.value)
      return empty
    }),
    Shutdown: unary(context, async () => {
      // The answer must be out before the connections are closed.
      setImmediate(() => context.shutdown())
      return empty
    }),
  }
}

function alpha1Frames(request: ConversationRequestAlpha1): FrameWriter {
  const writer = new Alpha1StreamWriter(request)
  return {
    write: (batch) => writer.messages(batch).map((frame) => toBinary(ConversationStreamResponseAlpha1Schema, frame)),
    end: () => [toBinary(ConversationStreamResponseAlpha1Schema, writer.end())],
  }
}

function alpha2Frames(request: ConversationRequestAlpha2): FrameWriter {
  const writer = new Alpha2StreamWriter(request.contextId)
  return { write: (batch) => writer.binary(batch), end: () => writer.endBinary() }
}

function unary<Request>(context: ApiContext, answer: (call: Unary<Request>) => Promise<Uint8Array>) {
  return (call: Unary<Request>, callback: sendUnaryData<Uint8Array>): void => {
    const work = async () => {
      admit(context, call)
      return answer(call)
    }
    const ended = begun(context, call)
    work().then(
      (message) => {
        callback(null, message)
        ended(0, message.length)
      },
      (thrown) => {
        const failure = status(context, call, thrown)
        callback(failure)
        ended(failure.code)
      },
    )
  }
}

/** A conversation whose answer goes out whole: the stream, folded. */
async function whole<Request extends { name: string }>(
  context: ApiContext,
  call: Unary<Request>,
  read: (request: Request) => ConversationRequest,
  write: (result: ConversationResult) => Uint8Array,
): Promise<Uint8Array> {
  const open = context.calls.open()
  call.on('cancelled', () => open.cancel())
  try {
    return write(await collect(converse(context, call, read, open, false)))
  } catch (thrown) {
    throw named(thrown, call.request.name)
  } finally {
    open.close()
  }
}

/** A conversation whose answer goes out message by message, no faster than the caller reads. */
async function streamed<Request extends { name: string }>(
  context: ApiContext,
  call: Streaming<Request>,
  read: (request: Request) => ConversationRequest,
  frames: FrameWriter,
): Promise<void> {
  const ended = begun(context, call)
  let open: OpenCall | undefined
  try {
    admit(context, call)
    open = context.calls.open()
    const opened = open
    call.on('cancelled', () => opened.cancel())
    for await (const batch of converse(context, call, read, open, true)) {
      const full = send(call, frames.write(batch))
      if (full) await full
    }
    await send(call, frames.end())
    call.end()
    ended(0)
  } catch (thrown) {
    const failure = status(context, call, named(thrown, call.request.name))
    call.emit('error', failure)
    ended(failure.code)
  } finally {
    open?.close()
  }
}

function converse<Request extends { name: string }>(
  context: ApiContext,
  call: Unary<Request> | Streaming<Request>,
  read: (request: Request) => ConversationRequest,
  open: OpenCall,
  streamed: boolean,
): AsyncIterable<readonly ConversationEvent[]> {
  const component = context.components.get(call.request.name)
  const request = read(call.request)
  const trace = traceOf(call)
  reachesComponent(call)
  return component.converse({
    component: component.name,
    request,
    caller: callerOf(first(call, 'dapr-caller-app-id')),
    signal: open.signal,
    origin: { surface: 'dapr-grpc', streamed },
    ...(trace && { trace }),
  })
}

function first({ metadata }: Pick<Unary<unknown>, 'metadata'>, name: string): string | undefined {
  return metadata.get(name)[0]?.toString()
}

/** Begins a call for the log, the metrics and the trace. The result ends it. */
function begun(context: ApiContext, call: Unary<unknown> | Streaming<unknown>): (code: number, size?: number) => void {
  const log = logGrpcCall(context, call)
  const measured = measureGrpcCall(context.metrics.api, call)
  const endTrace = beginGrpcTrace(context, call)
  return (code, size) => {
    log(code, size)
    measured(code)
    endTrace(code)
  }
}

/** Writes messages; the result, where there is one, says when more is welcome. */
function send(call: Streaming<unknown>, messages: readonly Uint8Array[]): Promise<void> | undefined {
  let ready = true
  for (const message of messages) ready = call.write(message)
  return ready || call.cancelled ? undefined : drained(call, 'cancelled')
}

/** @throws ConversationError for a caller without the token, a method that the Configuration closes, and bad baggage. */
function admit({ settings: { apiToken }, configuration }: ApiContext, call: Unary<unknown> | Streaming<unknown>): void {
  const token = call.metadata.get('dapr-api-token')[0]?.toString()
  if (apiToken !== undefined && !tokenMatches(token, apiToken)) {
    const reason =
      token === undefined ? 'missing api token in request metadata' : 'authentication error: api token mismatch'
    throw new ConversationError('unauthenticated', reason)
  }
  if (!isApiOpen(configuration, endpointOfMethod(call.getPath()).api, 'grpc')) {
    throw new ConversationError('not_found', 'requested endpoint is not available')
  }
  const baggage = grpcBaggage(call.metadata)
  if (baggage !== undefined && !isBaggage(baggage)) throw new ConversationError('malformed_request', INVALID_BAGGAGE)
}

function named(thrown: unknown, component: string): unknown {
  return thrown instanceof ConversationError ? thrown.about(component) : thrown
}

function status(
  context: ApiContext,
  call: Unary<unknown> | Streaming<unknown>,
  thrown: unknown,
): { code: number; details: string; metadata: Metadata } {
  const { reportInternal } = context
  const { api } = endpointOfMethod(call.getPath())
  const isConversation = api?.name === 'conversation'
  const countError = isConversation ? context.countError : () => {}
  const failure = failureOf({ countError, reportInternal }, thrown)
  if (isConversation) {
    const { name = '' } = call.request as { readonly name?: string }
    const origin: CallOrigin = { surface: 'dapr-grpc', streamed: 'write' in call }
    tellIfRefused(context, call, { component: name, appId: first(call, 'dapr-caller-app-id'), origin }, failure)
  }
  const { code, message, details } = writeGrpcStatus(failure)
  const metadata = new Metadata()
  metadata.set('grpc-status-details-bin', Buffer.from(details))
  return { code, details: message, metadata }
}
