export interface PageProps {
  /** What stands in the address behind the page: a virtual host, a name. */
  readonly names: readonly string[]
}
