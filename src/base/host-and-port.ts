/** `host:port`, as it stands in addresses: with brackets around an address of IPv6. */
export function hostAndPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
