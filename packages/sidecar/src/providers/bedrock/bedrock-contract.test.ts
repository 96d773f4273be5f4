import { contracts, providerContract } from '@dapr-chat/sidecar/testing'

providerContract(contracts.bedrock)
