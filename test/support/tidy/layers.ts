// Who may import whom, as a table and the check of it.

import type { Import } from './imports.ts'

interface Layer {
  /** Paths under src/ without extension, of a file or of a folder; the longest that fits counts. */
  readonly modules: readonly string[]
  /** Modules of this layer never import each other: they meet in the layer of ports. */
  readonly apart?: true
  /** Only these import modules of this layer. */
  readonly onlyFor?: readonly string[]
}

/** From the lowest up. A module imports its own layer and those below, `import type` included. */
export const LAYERS: readonly Layer[] = [
  // What runs in a browser has nothing to do with the rest.
  { modules: ['dashboard/pages'] },
  { modules: ['amqp-codec', 'base'] },
  { modules: ['errors', 'reasons', 'field-value-text', 'config', 'message'] },
  {
    modules: [
      'store/journal',
      'store/metadata',
      'store/spill-store',
      'store/store-error',
      'exchange/destination',
    ],
  },
  { modules: ['definitions'] },
  { modules: ['message-log'] },
  { modules: ['exchange', 'queue', 'policy', 'auth'], apart: true },
  { modules: ['stream', 'delayed'] },
  { modules: ['nats'], onlyFor: ['store', 'cluster', 'broker/cluster'] },
  { modules: ['store', 'cluster'], apart: true, onlyFor: ['broker/persistence', 'broker/cluster'] },
  { modules: ['sharding'] },
  { modules: ['vhost'] },
  { modules: ['administration'] },
  { modules: ['channel'] },
  { modules: ['connection'] },
  { modules: ['server'] },
  { modules: ['metrics', 'management', 'dashboard', 'cli', 'load'] },
  { modules: ['broker/persistence', 'broker/cluster', 'broker', 'index', 'broker-program', 'bin'] },
]

interface Place {
  readonly module: string
  readonly level: number
  readonly layer: Layer
}

/** Imports that the table forbids, as sentences. */
export function layerViolations(imports: readonly Import[]): string[] {
  return imports.flatMap(({ from, to }) => {
    const problem = violation(from, to)
    return problem === undefined ? [] : [`${from} imports ${to}: ${problem}`]
  })
}

function violation(from: string, to: string): string | undefined {
  if (from.startsWith('protocol/')) {
    // Bytes are Node's buffers, whose module has what a global does not.
    const isAllowed = to.startsWith('protocol/src/') || to === 'node:buffer'
    return isAllowed ? undefined : 'the codec imports nothing but itself'
  }
  const isOurs = to === 'amqp-codec' || to.startsWith('src/')
  if (!isOurs) return to.startsWith('protocol/') ? 'the codec is imported by its name' : undefined
  const importer = placeOf(from)
  const imported = placeOf(to)
  if (importer === undefined || imported === undefined) {
    return `${importer === undefined ? from : to} has no place in the table of layers`
  }
  if (importer.module === imported.module) return undefined
  if (imported.level > importer.level) return 'it is of a higher layer'
  if (imported.layer.onlyFor?.includes(importer.module) === false) {
    return `only ${imported.layer.onlyFor.join(', ')} may`
  }
  if (imported.layer === importer.layer && imported.layer.apart) return 'they are siblings'
  return undefined
}

function placeOf(path: string): Place | undefined {
  const name = path.replace(/^src\//, '').replace(/\.tsx?$/, '')
  const places = LAYERS.flatMap((layer, level) =>
    layer.modules.map((module): Place => ({ module, level, layer })),
  )
  return places
    .filter(({ module }) => name === module || name.startsWith(`${module}/`))
    .sort((a, b) => b.module.length - a.module.length)[0]
}
