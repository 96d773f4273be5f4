/**
 * Dapr's conversation wire in both directions: what the sidecar's edges and the client's transports import. Requests and
 * answers of both versions, the streams, protojson, errors, metadata; then the schemas, for whoever builds a server or a
 * transport of their own.
 */
export { readAlpha1Request, writeAlpha1Response } from './alpha1.ts'
export { readAlpha2Request, writeAlpha2Request } from './alpha2-request.ts'
export { readAlpha2Response, writeAlpha2Response } from './alpha2-response.ts'
export type { DaprErrorBody, GrpcStatus } from './error.ts'
export {
  daprErrorBody,
  daprErrorMessage,
  ERROR_HEADER,
  errorHeaders,
  streamErrorBody,
  writeErrorBody,
  writeGrpcStatus,
} from './error.ts'
export type { ErrorResponse } from './error-reader.ts'
export { readErrorResponse, readGrpcStatus, readStreamError } from './error-reader.ts'
// For authors of servers and transports: the generated schemas.
export type {
  ConversationRequest as ConversationRequestAlpha1,
  ConversationRequestAlpha2,
  ConversationResponse as ConversationResponseAlpha1,
  ConversationResponseAlpha2,
  ConversationStreamResponse as ConversationStreamResponseAlpha1,
  ConversationStreamResponseAlpha2,
} from './gen/dapr/proto/runtime/v1/ai_pb.js'
export {
  ConversationRequestAlpha2Schema,
  ConversationRequestSchema as ConversationRequestAlpha1Schema,
  ConversationResponseAlpha2Schema,
  ConversationResponseSchema as ConversationResponseAlpha1Schema,
  ConversationStreamResponseAlpha2Schema,
  ConversationStreamResponseSchema as ConversationStreamResponseAlpha1Schema,
} from './gen/dapr/proto/runtime/v1/ai_pb.js'
export type { ShutdownRequest } from './gen/dapr/proto/runtime/v1/dapr_pb.js'
export {
  Dapr as DaprService,
  file_dapr_proto_runtime_v1_dapr,
  ShutdownRequestSchema,
} from './gen/dapr/proto/runtime/v1/dapr_pb.js'
export type {
  GetMetadataRequest,
  GetMetadataResponse,
  SetMetadataRequest,
} from './gen/dapr/proto/runtime/v1/metadata_pb.js'
export {
  GetMetadataRequestSchema,
  GetMetadataResponseSchema,
  SetMetadataRequestSchema,
} from './gen/dapr/proto/runtime/v1/metadata_pb.js'
export type { ComponentMetadata, SidecarMetadata } from './metadata.ts'
export {
  DAPR_CHAT_VERSION,
  isDaprChat,
  readMetadataBody,
  readMetadataResponse,
  writeMetadataBody,
  writeMetadataResponse,
} from './metadata.ts'
export { readRequestJson, readResponseJson, writeJson } from './protojson.ts'
export { Alpha1StreamWriter } from './stream-alpha1.ts'
export { Alpha2StreamWriter } from './stream-alpha2.ts'
export type { ReadableFrame } from './stream-alpha2-reader.ts'
export { Alpha2StreamReader } from './stream-alpha2-reader.ts'
export type { StreamFrame } from './stream-frame.ts'
