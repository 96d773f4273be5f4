/** Secrets from the environment: `secretstores.local.env`. A secret is a variable, and has one value under its name. */
import { environmentValue } from '../value.ts'
import { defineSecretStore } from './secret-store.ts'

export const localEnv = defineSecretStore({
  type: 'secretstores.local.env',
  settings: {
    prefix: { type: 'string', default: '', description: 'What the names of the variables begin with.' },
  },
  open: async ({ prefix }, { environment }) => ({
    get: async ({ name }) => {
      const variable = prefix + name
      const upper = variable.toUpperCase()
      if (upper === 'APP_API_TOKEN' || upper.startsWith('DAPR_')) {
        throw new Error(`the variable must be one that components may read: current value is "${variable}"`)
      }
      // As in daprd, there is a secret for every name, and one that is not set is empty.
      return new Map([[name, environmentValue(environment, variable) ?? '']])
    },
  }),
})
