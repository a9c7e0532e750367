// Users and what they may do, as far as the pages read them.

export interface User {
  readonly name: string
  readonly password_hash: string
  readonly hashing_algorithm: string
  readonly tags: readonly string[]
}

export interface Permission {
  readonly user: string
  readonly vhost: string
  readonly configure: string
  readonly write: string
  readonly read: string
}

export interface TopicPermission {
  readonly user: string
  readonly vhost: string
  readonly exchange: string
  readonly write: string
  readonly read: string
}

/** The user or the virtual host that permissions are looked at from. */
export type Owner = { readonly user: string } | { readonly vhost: string }
