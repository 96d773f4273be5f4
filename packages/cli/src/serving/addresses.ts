/** Where `serve` listens unless it is told: on this machine under all of its names. */
import { networkInterfaces } from 'node:os'

/**
 * The loopback addresses of this machine, IPv4 first. Dapr's SDKs say `localhost`, which is either of the two, and not
 * each of them tries the other; a machine without IPv6 has but one.
 */
export function loopbackAddresses(): string[] {
  const known = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  return ['127.0.0.1', ...(known.some(({ address }) => address === '::1') ? ['::1'] : [])]
}
