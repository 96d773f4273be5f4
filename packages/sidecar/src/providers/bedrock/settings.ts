import { historySettings } from '../history-settings.ts'
import type { SettingsDeclaration } from '../provider.ts'
import { cacheSettings } from '../upstream/cache-settings.ts'
import { clockSettings } from '../upstream/clock-settings.ts'
import { traceSettings } from '../upstream/trace-settings.ts'

/** What a `conversation.aws.bedrock` component takes, by the names of Dapr's own component. */
export const bedrockSettings = {
  region: {
    type: 'string',
    description:
      'The AWS region, such as us-east-1. Default: the environment variable AWS_REGION or AWS_DEFAULT_REGION.',
  },
  model: {
    type: 'string',
    description:
      'The model or the inference profile to ask, by its id or ARN. Default: amazon.titan-text-lite-v1, as in Dapr.',
  },
  accessKey: {
    type: 'string',
    sensitive: true,
    description:
      'The access key id. Default: the environment variables AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, and after them the other sources that AWS knows: profiles (AWS_PROFILE), SSO, web identity, and the roles of containers and instances.',
  },
  secretKey: {
    type: 'string',
    sensitive: true,
    description: 'The secret access key. Needed with an access key.',
  },
  sessionToken: {
    type: 'string',
    sensitive: true,
    description: 'The session token of temporary credentials.',
  },
  endpoint: {
    type: 'string',
    description: 'The address of the Bedrock runtime. Default: that of AWS in the region.',
  },
  assumeRoleArn: {
    type: 'string',
    description:
      'The role to take on, with the credentials above, at AWS STS (AWS_ENDPOINT_URL_STS for another address). It is taken on anew before its credentials end.',
  },
  trustAnchorArn: {
    type: 'string',
    description:
      'Not supported. For IAM Roles Anywhere, name aws_signing_helper as credential_process of a profile, and the profile in AWS_PROFILE.',
  },
  trustProfileArn: {
    type: 'string',
    description: 'Not supported, like trustAnchorArn.',
  },
  ...cacheSettings,
  ...historySettings,
  ...clockSettings,
  ...traceSettings,
} as const satisfies SettingsDeclaration
