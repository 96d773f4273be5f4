/**
 * What requests to Bedrock are signed with: the component's own keys, those of the environment, or whatever AWS's chain of
 * providers finds (profiles, SSO, web identity, containers, instances), and a role taken on with any of them. The chain
 * is loaded when it is needed first, and asked again when what it gave comes to its end.
 */
import { ConversationError } from '@dapr-chat/protocol'
import type { ProviderContext, SettingsOf } from '../provider.ts'
import type { bedrockSettings } from './settings.ts'

/** What signs a request. */
export interface AwsKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** When they are of no use any more; absent for keys that stay. */
  readonly expiration?: Date
}

type KeySource = () => Promise<AwsKeys>

/** How long before their end keys are renewed, in milliseconds: AWS's own margin. */
const RENEWAL_MS = 300_000

/** How long finding keys may take, in milliseconds. The machines that are asked answer in well under a second. */
const LOOKUP_MS = 20_000

/**
 * Where a component's keys come from. Nothing is looked up before the first request.
 * @throws Error where one of two keys is missing, or where IAM Roles Anywhere is asked for.
 */
export function awsKeys(
  settings: SettingsOf<typeof bedrockSettings>,
  region: string,
  { environment, warn }: ProviderContext,
): KeySource {
  for (const name of ['trustAnchorArn', 'trustProfileArn'] as const) {
    if (settings[name] !== undefined) {
      throw new Error(
        `metadata "${name}" is not supported: for IAM Roles Anywhere, name AWS's aws_signing_helper as credential_process of a profile, and the profile in the environment variable AWS_PROFILE`,
      )
    }
  }
  const fixed = fixedKeys(settings, environment)
  const { assumeRoleArn } = settings
  if (assumeRoleArn === undefined && fixed) return async () => fixed
  const source =
    assumeRoleArn === undefined ? chain(region, environment) : role(assumeRoleArn, region, environment, fixed)
  return kept(() => found(source, warn))
}

function fixedKeys(
  { accessKey, secretKey, sessionToken }: SettingsOf<typeof bedrockSettings>,
  environment: ProviderContext['environment'],
): AwsKeys | undefined {
  if (accessKey !== undefined && secretKey !== undefined) {
    return { accessKeyId: accessKey, secretAccessKey: secretKey, ...(sessionToken && { sessionToken }) }
  }
  if (accessKey !== undefined || secretKey !== undefined) {
    throw new Error('metadata "accessKey" and "secretKey" must be set together: one of them is empty')
  }
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return undefined
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
  }
}

/** AWS's chain. It reads most of its variables from the process itself. */
function chain(region: string, { AWS_PROFILE }: ProviderContext['environment']): KeySource {
  return async () => {
    const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers')
    // A new chain each time, and without the cache of files, so that a file which has been mended is noticed.
    return fromNodeProviderChain({
      parentClientConfig: { region },
      ignoreCache: true,
      ...(AWS_PROFILE && { profile: AWS_PROFILE }),
    })()
  }
}

function role(
  arn: string,
  region: string,
  environment: ProviderContext['environment'],
  fixed: AwsKeys | undefined,
): KeySource {
  const endpoint = environment.AWS_ENDPOINT_URL_STS
  return async () => {
    const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers')
    return fromTemporaryCredentials({
      params: { RoleArn: arn, RoleSessionName: 'dapr-chat' },
      masterCredentials: fixed ?? chain(region, environment),
      clientConfig: { region, maxAttempts: 2, ...(endpoint && { endpoint }) },
    })()
  }
}

/** One look-up at a time, and none while what was found last is good. */
function kept(look: KeySource): KeySource {
  let keys: AwsKeys | undefined
  let looking: Promise<AwsKeys> | undefined
  return async () => {
    if (keys && (keys.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - Date.now() > RENEWAL_MS) return keys
    looking ??= look().finally(() => {
      looking = undefined
    })
    keys = await looking
    return keys
  }
}

/**
 * What the source gives.
 * @throws ConversationError `auth` where it gives nothing. The operator is told the reason; callers are not, because it may
 * quote files and programs of this machine.
 */
async function found(source: KeySource, warn: ProviderContext['warn']): Promise<AwsKeys> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`nothing answered within ${LOOKUP_MS / 1_000} seconds`)), LOOKUP_MS)
  try {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await Promise.race([source(), late])
    return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }), ...(expiration && { expiration }) }
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error('no reason was given')
    warn(`credentials: ${message}`, `no AWS credentials: ${message}`)
    throw new ConversationError(
      'auth',
      `no AWS credentials could be found (${name}): set accessKey and secretKey in the component, or AWS_PROFILE or another source of AWS's own for the sidecar, whose log has the reason`,
      { cause: error },
    )
  } finally {
    clearTimeout(timer)
  }
}
