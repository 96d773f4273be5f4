/** Where Bedrock stands and who asks, from settings and environment. Nothing is fetched to find out. */
import type { SettingsOf } from '../provider.ts'
import { type BaseAddress, parseBaseAddress } from '../upstream/base-address.ts'
import type { bedrockSettings } from './settings.ts'

/** What a request to Bedrock is signed with. */
export interface BedrockAccess {
  readonly base: BaseAddress
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string | undefined
}

/**
 * Reads the access from the component's settings, and from AWS's own variables where they say nothing.
 * @throws Error where region or credentials are missing, or a way to credentials is asked for that does not exist here.
 */
export function bedrockAccess(
  settings: SettingsOf<typeof bedrockSettings>,
  environment: Readonly<Record<string, string | undefined>>,
): BedrockAccess {
  for (const name of ['assumeRoleArn', 'trustAnchorArn', 'trustProfileArn'] as const) {
    if (settings[name] !== undefined) {
      throw new Error(
        `metadata "${name}" is not supported: give temporary credentials as accessKey, secretKey and sessionToken`,
      )
    }
  }
  const region = settings.region || environment.AWS_REGION || environment.AWS_DEFAULT_REGION
  if (!region) {
    throw new Error('metadata "region" must be set, or the environment variable AWS_REGION: current value is empty')
  }
  return {
    base: parseBaseAddress(settings.endpoint ?? endpointOf(region)),
    region,
    ...credentials(settings, environment),
  }
}

function credentials(
  { accessKey, secretKey, sessionToken }: SettingsOf<typeof bedrockSettings>,
  environment: Readonly<Record<string, string | undefined>>,
): Pick<BedrockAccess, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'> {
  if (accessKey !== undefined && secretKey !== undefined) {
    return { accessKeyId: accessKey, secretAccessKey: secretKey, sessionToken }
  }
  if (accessKey !== undefined || secretKey !== undefined) {
    throw new Error('metadata "accessKey" and "secretKey" must be set together: one of them is empty')
  }
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    throw new Error(
      'metadata "accessKey" and "secretKey" must be set, or the environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: current values are empty',
    )
  }
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN || undefined,
  }
}

function endpointOf(region: string): string {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  return `https://bedrock-runtime.${region}.${suffix}`
}
