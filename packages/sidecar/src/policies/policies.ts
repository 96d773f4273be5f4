/**
 * The policies of one sidecar, put together from all its resources. The middleware asks it what holds for a component;
 * `load.ts` makes it.
 */
import type { ComponentPolicies, Named } from './policy.ts'
import type { ComponentTarget } from './read-policy.ts'
import type { ResiliencyResource } from './resource.ts'

interface PlacedTarget {
  readonly target: ComponentTarget
  /** The file that it stands in, as messages show it. */
  readonly file: string
}

type Kind = keyof ComponentPolicies

/** The names that hold for components which no resource targets, most specific first (daprd's `pkg/resiliency`). */
const DEFAULT_PREFIXES = [
  'DefaultConversationComponentOutbound',
  'DefaultComponentOutbound',
  'DefaultComponent',
  'Default',
]

const SUFFIXES: Readonly<Record<Kind, string>> = {
  timeout: 'TimeoutPolicy',
  retry: 'RetryPolicy',
  circuitBreaker: 'CircuitBreakerPolicy',
}

/** All policies and who asks for them. */
export class Policies {
  /** What these policies were put together from. */
  readonly documents: readonly ResiliencyResource[]
  /** The names of the resources. */
  readonly resources: readonly string[]
  /** What to say about the resources together: a sentence for each policy that is asked for and does not exist. */
  readonly warnings: readonly string[]
  readonly #declared: { readonly [K in Kind]: ReadonlyMap<string, NonNullable<ComponentPolicies[K]>> }
  readonly #targets: ReadonlyMap<string, PlacedTarget>
  readonly #known = new Map<string, ComponentPolicies | undefined>()

  /** @param resources in order; of policies, and of targets, that share a name the last one counts. */
  constructor(resources: readonly ResiliencyResource[]) {
    this.documents = resources
    this.resources = [...new Set(resources.map(({ name }) => name))].filter((name) => name !== '')
    this.#declared = {
      timeout: merged(resources, (resource) => resource.timeouts),
      retry: merged(resources, (resource) => resource.retries),
      circuitBreaker: merged(resources, (resource) => resource.circuitBreakers),
    }
    this.#targets = new Map(
      resources.flatMap(({ file, targets }) =>
        Array.from(targets, ([component, target]) => [component, { target, file }] as const),
      ),
    )
    this.warnings = Array.from(this.#targets, ([component, placed]) => this.#missing(component, placed)).flat()
  }

  /** What holds for a component; always the same object for the same name, and `undefined` where nothing does. */
  of(component: string): ComponentPolicies | undefined {
    if (!this.#known.has(component)) this.#known.set(component, this.#find(component))
    return this.#known.get(component)
  }

  #find(component: string): ComponentPolicies | undefined {
    const target = this.#targets.get(component)?.target
    const { timeout: timeouts, retry: retries, circuitBreaker: circuitBreakers } = this.#declared
    const timeout = choose(timeouts, 'timeout', target)
    const retry = choose(retries, 'retry', target)
    const circuitBreaker = choose(circuitBreakers, 'circuitBreaker', target)
    if (!timeout && !retry && !circuitBreaker) return undefined
    return { ...(timeout && { timeout }), ...(retry && { retry }), ...(circuitBreaker && { circuitBreaker }) }
  }

  #missing(component: string, { target, file }: PlacedTarget): string[] {
    return (['timeout', 'retry', 'circuitBreaker'] as const)
      .filter((kind) => target[kind] !== '' && !this.#declared[kind].has(target[kind]))
      .map(
        (kind) =>
          `${component}: ${kind} "${target[kind]}" must be the name of a policy that could be loaded; the component goes without (${file}:${target.line})`,
      )
  }
}

/** A component that is targeted gets what its target names and no defaults, even where that is nothing. */
function choose<T>(
  declared: ReadonlyMap<string, Named<T>>,
  kind: Kind,
  target: ComponentTarget | undefined,
): Named<T> | undefined {
  if (target) return declared.get(target[kind])
  for (const prefix of DEFAULT_PREFIXES) {
    const found = declared.get(`${prefix}${SUFFIXES[kind]}`)
    if (found) return found
  }
  return undefined
}

function merged<T>(
  resources: readonly ResiliencyResource[],
  policiesOf: (resource: ResiliencyResource) => ReadonlyMap<string, T>,
): Map<string, Named<T>> {
  return new Map(
    resources.flatMap((resource) =>
      Array.from(policiesOf(resource), ([name, policy]) => [name, { name, resource: resource.name, policy }] as const),
    ),
  )
}
