// The clients in other languages, which Debian packages: what each of them needs.

import {
  findDebianPrograms,
  installDebianPrograms,
  type Peer,
} from '../../test/support/debian-packages.ts'

const DEBIAN_PEERS = {
  pika: ['python3-pika', 'python3'],
  'py-amqp': ['python3-amqp', 'python3'],
  kombu: ['python3-kombu', 'python3'],
  celery: ['python3-celery', 'python3'],
  'amqp-tools': ['amqp-tools'],
  rabbitmqadmin: ['rabbitmq-server', 'python3'],
  librabbitmq: ['librabbitmq-dev', 'gcc', 'libc6-dev'],
  // In a terminal, which comes with `script`.
  bash: ['bash', 'bsdutils'],
  zsh: ['zsh', 'bsdutils'],
  fish: ['fish', 'bsdutils'],
} as const satisfies Record<string, readonly string[]>

export type PeerName = keyof typeof DEBIAN_PEERS

/** What this machine has, as it is. */
export const findDebianPeers = (): Record<PeerName, Peer> => findDebianPrograms(DEBIAN_PEERS)

/** What this machine has after the missing packages were installed, if that is possible here. */
export const installDebianPeers = (): Record<PeerName, Peer> => installDebianPrograms(DEBIAN_PEERS)
