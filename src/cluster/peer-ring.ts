/** How many watch a node, and whom it watches: so the work of each does not grow with the cluster. */
const NEIGHBOURS = 3

/** The nodes that this one watches: those that come after it in the order of names, in a ring. */
export function watchedBy(node: string, nodes: Iterable<string>): string[] {
  return ringFrom(node, nodes).slice(0, NEIGHBOURS)
}

/** The nodes that watch this one. */
export function watchersOf(node: string, nodes: Iterable<string>): string[] {
  return ringFrom(node, nodes).slice(-NEIGHBOURS)
}

function ringFrom(node: string, nodes: Iterable<string>): string[] {
  const others = [...nodes].filter((name) => name !== node).sort()
  const after = others.filter((name) => name > node)
  return [...after, ...others.filter((name) => name < node)]
}
