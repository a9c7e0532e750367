/** Browsers tell of every answer that says no on their console, even where a page shows it. */
export const refusal = (status: number): RegExp =>
  new RegExp(`^console: Failed to load resource: the server responded with a status of ${status} `)
