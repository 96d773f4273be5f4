/** Where Bedrock stands, from settings and environment. Nothing is fetched to find out. */
import type { SettingsOf } from '../provider.ts'
import { type BaseAddress, parseBaseAddress } from '../upstream/base-address.ts'
import type { bedrockSettings } from './settings.ts'

/** The region that is asked, and its address. */
export interface BedrockPlace {
  readonly base: BaseAddress
  readonly region: string
}

/**
 * Reads the place from the component's settings, and from AWS's own variables where they say nothing.
 * @throws Error where there is no region, or the endpoint is no address.
 */
export function bedrockPlace(
  settings: SettingsOf<typeof bedrockSettings>,
  environment: Readonly<Record<string, string | undefined>>,
): BedrockPlace {
  const region = settings.region || environment.AWS_REGION || environment.AWS_DEFAULT_REGION
  if (!region) {
    throw new Error('metadata "region" must be set, or the environment variable AWS_REGION: current value is empty')
  }
  return { base: parseBaseAddress(settings.endpoint ?? endpointOf(region)), region }
}

function endpointOf(region: string): string {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  return `https://bedrock-runtime.${region}.${suffix}`
}
