/** Figures of Erlang's garbage collector, of which there is none here; tools read them. */
export const NO_GARBAGE_COLLECTION: object = {
  fullsweep_after: 0,
  max_heap_size: 0,
  min_bin_vheap_size: 0,
  min_heap_size: 0,
  minor_gcs: 0,
}

export const NO_REDUCTIONS: object = {
  reductions: 0,
  reductions_details: { rate: 0 },
  garbage_collection: NO_GARBAGE_COLLECTION,
}
