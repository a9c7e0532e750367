/** What nodes ask each other to know whether they live. */
export interface NodeTraffic {
  /**
   * Asks a node, which thereby hears of `from`. `nobody` means that no process of that name is
   * connected to the cluster, which is known at once; `moving` that there is none, either, but that it
   * may have lost its way there a moment ago, and be about to find another one; `silent` that there is
   * one and does not answer, or that it cannot be known. Never rejects.
   */
  ping(node: string, from: string): Promise<PingAnswer>

  /** Answers for this node, and says who asked, until the returned function is called. */
  answer(node: string, onPing: (from: string) => void): () => void
}

export type PingAnswer = 'alive' | 'nobody' | 'moving' | 'silent'
