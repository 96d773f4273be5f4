/**
 * The contract of a provider: the same cases for every vendor, in the vendor's own words. A provider's test calls it
 * with what differs; a provider of somebody else's does the same.
 */
import { answersContract } from './answers.ts'
import type { NetworkContract, OfflineContract } from './contract.ts'
import { cutsContract } from './cuts.ts'
import { failuresContract } from './failures.ts'
import { featuresContract } from './features.ts'
import { flowContract } from './flow.ts'
import { offlineContract } from './offline.ts'
import { secrecyContract } from './secrecy.ts'

/** Declares the tests of a provider. */
export function providerContract(contract: NetworkContract | OfflineContract): void {
  if (!('wire' in contract)) {
    offlineContract(contract)
    return
  }
  answersContract(contract)
  cutsContract(contract)
  featuresContract(contract)
  failuresContract(contract)
  secrecyContract(contract)
  flowContract(contract)
}
