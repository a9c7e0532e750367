/** The cluster cannot do what it was asked: a node that is not in it, a name that is none. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError'
}
