/**
 * What must be true of every manifest in which the sidecar runs, in the Compose file as in Kubernetes: its flags are read by
 * the command's own parser, and ports, probes, volumes and times are held against what comes out. The tests apply it to
 * the plain manifests, and `run.ts` to what Helm makes of the chart.
 */
import { parseAllDocuments } from 'yaml'
import { readServe, type ServeCommand } from './serve-command.ts'

/** A resource of Kubernetes, as far as it is looked at. */
export interface Resource {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly data?: Readonly<Record<string, string>>
  readonly scopes?: readonly string[]
  readonly spec?: {
    readonly replicas?: number
    /** Of a component. */
    readonly type?: string
    readonly template?: { readonly metadata: TemplateMetadata; readonly spec: PodSpec }
  }
}

interface TemplateMetadata {
  readonly annotations?: Readonly<Record<string, string>>
}

interface PodSpec {
  readonly terminationGracePeriodSeconds?: number
  readonly securityContext?: {
    readonly runAsNonRoot?: boolean
    readonly runAsUser?: number
    readonly seccompProfile?: { readonly type: string }
  }
  readonly initContainers?: readonly Container[]
  readonly containers: readonly Container[]
  readonly volumes?: readonly {
    readonly name: string
    readonly configMap?: { readonly name: string }
    readonly emptyDir?: { readonly sizeLimit?: string }
  }[]
}

interface Variable {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string; readonly key: string } }
}

interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string | number }
}

interface Container {
  readonly name: string
  readonly image: string
  readonly restartPolicy?: string
  readonly args?: readonly string[]
  readonly env?: readonly Variable[]
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[]
  readonly startupProbe?: Probe
  readonly readinessProbe?: Probe
  readonly livenessProbe?: Probe
  readonly resources?: { readonly requests?: object; readonly limits?: { readonly memory?: string } }
  readonly securityContext?: {
    readonly allowPrivilegeEscalation?: boolean
    readonly readOnlyRootFilesystem?: boolean
    readonly capabilities?: { readonly drop?: readonly string[] }
  }
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[]
}

/** What answers that have been aborted need to end, and the process after them, in milliseconds. */
const ENDING_MS = 2_000

/** The ports of daprd in a pod: HTTP, public, gRPC, internal gRPC, metrics. */
const daprdPorts = [3500, 3501, 50001, 50002, 9090] as const

/** The name of the image, without a registry and a tag. */
export const imageName = 'dapr-chat'

/**
 * The resources of a file.
 * @throws Error for a text that is no YAML.
 */
export function resourcesOf(text: string): Resource[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [problem] = document.errors
    if (problem !== undefined) throw problem
    const resource: Resource | null = document.toJS()
    return resource === null ? [] : [resource]
  })
}

/** The name of an image without its registry and its tag. */
export function nameOfImage(image: string): string {
  return image.replace(/^.*\//, '').replace(/:.*$/, '')
}

/** The component files that the ConfigMaps among the resources hold, by their names. */
export function componentFiles(resources: readonly Resource[]): Readonly<Record<string, string>> {
  return Object.assign({}, ...resources.filter(({ kind }) => kind === 'ConfigMap').map(({ data = {} }) => data))
}

/** What is wrong with the resources of one file or one release, as sentences; none where all holds. */
export function manifestProblems(resources: readonly Resource[], version: string): string[] {
  const problems = resources.flatMap((resource) => secretProblems(resource))
  const pods = resources.flatMap(({ spec }) => (spec?.template === undefined ? [] : [spec.template]))
  const found = pods.flatMap(({ metadata, spec }) =>
    [...(spec.initContainers ?? []), ...spec.containers]
      .filter(({ image }) => nameOfImage(image) === imageName)
      .map((container) => ({ metadata, spec, container })),
  )
  if (found.length === 0) problems.push(`a container must run the image ${imageName}`)
  for (const { metadata, spec, container } of found) {
    const annotations = metadata.annotations ?? {}
    const { image, args = [] } = container
    if (!image.endsWith(`:${version}`))
      problems.push(`the image must be of version ${version}: current value is "${image}"`)
    const command = readServe(args)
    problems.push(
      ...portProblems(container, annotations, command),
      ...volumeProblems(container, spec, resources, command),
      ...securityProblems(container, spec),
      ...endProblems(spec, annotations, command),
      ...stateProblems(resources, command),
    )
  }
  return problems
}

function secretProblems(resource: Resource): string[] {
  if (resource.kind === 'Secret') return [`${resource.metadata.name}: a manifest must hold no secret`]
  const { initContainers = [], containers = [] } = resource.spec?.template?.spec ?? {}
  return [...initContainers, ...containers]
    .flatMap(({ env = [] }) => env)
    .filter(({ name, value }) => /KEY|TOKEN|SECRET|PASSWORD/.test(name) && value !== undefined)
    .map(({ name }) => `${name} must come from a secret`)
}

function portProblems(
  { ports = [], env = [], startupProbe, readinessProbe, livenessProbe }: Container,
  annotations: Readonly<Record<string, string>>,
  { settings }: ServeCommand,
): string[] {
  const problems: string[] = []
  const must = (name: string, actual: unknown, wanted: unknown) => {
    if (actual !== wanted) problems.push(`${name} must be ${wanted}: current value is ${actual}`)
  }
  const port = (name: string) => ports.find((each) => each.name === name)?.containerPort
  must('the port http', port('http'), settings.httpPort)
  must('the port grpc', port('grpc'), settings.grpcPort)
  must('the port metrics', port('metrics'), settings.metricsPort)
  for (const probe of [startupProbe, readinessProbe, livenessProbe]) {
    must('the port of a probe', probe?.httpGet?.port, 'http')
    if (!['/v1.0/healthz', '/v1.0/healthz/outbound'].includes(probe?.httpGet?.path ?? '')) {
      problems.push(`the path of a probe must be a health route: current value is ${probe?.httpGet?.path}`)
    }
  }
  // The kubelet and Prometheus come from outside of the pod.
  must('the address', settings.listenAddresses.join(), '0.0.0.0')
  must('the address of the metrics', settings.metricsListenAddress, '0.0.0.0')
  const token = env.find(({ name }) => name === 'DAPR_API_TOKEN')?.valueFrom?.secretKeyRef
  if (token === undefined) problems.push('DAPR_API_TOKEN must come from a secret')
  if (annotations['prometheus.io/scrape'] === 'true') {
    must('the annotation prometheus.io/port', annotations['prometheus.io/port'], String(settings.metricsPort))
  }
  if (annotations['dapr.io/enabled'] !== 'true') return problems
  must('the annotation dapr.io/app-id', annotations['dapr.io/app-id'], settings.appId)
  must('the annotation dapr.io/app-port', annotations['dapr.io/app-port'], String(settings.httpPort))
  must('the annotation dapr.io/app-token-secret', annotations['dapr.io/app-token-secret'], token?.name)
  must('the key of the token, which daprd fixes', token?.key, 'token')
  const taken = [settings.httpPort, settings.grpcPort, settings.metricsPort].filter((each) =>
    daprdPorts.some((own) => own === each),
  )
  if (taken.length > 0) problems.push(`ports of daprd must be left to it: ${taken.join(', ')}`)
  return problems
}

function volumeProblems(
  { volumeMounts = [] }: Container,
  { volumes = [] }: PodSpec,
  resources: readonly Resource[],
  { settings }: ServeCommand,
): string[] {
  const volumeAt = (path: string) => {
    const mount = volumeMounts.find(({ mountPath }) => mountPath === path)
    return volumes.find(({ name }) => name === mount?.name)
  }
  const problems = settings.resourcesPaths.flatMap((path) => {
    const name = volumeAt(path)?.configMap?.name
    const isThere = resources.some(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name)
    return isThere ? [] : [`${path} must be a ConfigMap of this file: current value is "${name}"`]
  })
  const limit = volumeAt('/data')?.emptyDir?.sizeLimit
  const wanted = settings.usageMaxBytes + settings.storeMaxBytes
  if (bytesOf(limit ?? '0') < wanted) problems.push(`/data must hold ${wanted} bytes: current value is ${limit}`)
  return problems
}

/** The profile "restricted" of Kubernetes' pod security standards, and a root file system that cannot be written to. */
function securityProblems({ securityContext: own = {}, resources }: Container, { securityContext: pod = {} }: PodSpec) {
  const held: readonly [rule: string, holds: boolean][] = [
    ['run as a user who is not root', pod.runAsNonRoot === true && pod.runAsUser === 1000],
    ['have the seccomp profile of the runtime', pod.seccompProfile?.type === 'RuntimeDefault'],
    ['refuse more privileges', own.allowPrivilegeEscalation === false],
    ['drop all capabilities', own.capabilities?.drop?.join() === 'ALL'],
    ['have a root file system that is read only', own.readOnlyRootFilesystem === true],
    ['ask for resources', resources?.requests !== undefined && resources.limits?.memory !== undefined],
  ]
  return held.filter(([, holds]) => !holds).map(([rule]) => `the container must ${rule}`)
}

function endProblems(
  { terminationGracePeriodSeconds = 30 }: PodSpec,
  annotations: Readonly<Record<string, string>>,
  { settings, blockShutdownMs }: ServeCommand,
): string[] {
  const daprdMs = Number(annotations['dapr.io/graceful-shutdown-seconds'] ?? '0') * 1000
  const neededMs = blockShutdownMs + settings.gracefulShutdownMs + ENDING_MS + daprdMs
  return terminationGracePeriodSeconds * 1000 > neededMs
    ? []
    : [
        `terminationGracePeriodSeconds must be more than ${neededMs / 1000}: current value is ${terminationGracePeriodSeconds}`,
      ]
}

/** The state component that is to remember must be there, and be the app's to use. */
function stateProblems(resources: readonly Resource[], { settings }: ServeCommand): string[] {
  const { storeDaprState: wanted, appId } = settings
  if (wanted === undefined) return []
  const component = resources.find(({ kind, metadata, spec }) => {
    return kind === 'Component' && metadata.name === wanted && spec?.type?.startsWith('state.')
  })
  if (component === undefined) return [`the state component "${wanted}" must be among the resources`]
  const { scopes = [] } = component
  return scopes.length === 0 || scopes.includes(appId)
    ? []
    : [`the scopes of "${wanted}" must have "${appId}": current value is ${scopes.join(', ')}`]
}

/** A quantity of Kubernetes in bytes. */
export function bytesOf(quantity: string): number {
  const [, amount = '0', unit = ''] = /^(\d+)([KMGT]i?)?$/.exec(quantity) ?? []
  const power = ' KMGT'.indexOf(unit.charAt(0) || ' ')
  return Number(amount) * (unit.endsWith('i') ? 1024 : 1000) ** power
}
