/** RabbitMQ takes line ends out of the names of queues and exchanges, rather than refuse them. */
export function declaredName(name: string): string {
  return name.replaceAll(/[\r\n]/g, '')
}
