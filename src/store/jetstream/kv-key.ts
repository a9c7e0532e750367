/**
 * The subject of a key in a bucket. A subject is made of tokens of a few harmless characters, and a
 * key may have any, so all of it is written in base64url, as one token.
 */
export function kvSubject(bucket: string, key: string): string {
  return `${prefix(bucket)}${Buffer.from(key).toString('base64url')}`
}

/** The key of such a subject. */
export function kvKey(bucket: string, subject: string): string {
  return Buffer.from(subject.slice(prefix(bucket).length), 'base64url').toString()
}

/** Matches all subjects of a bucket. */
export const kvSubjects = (bucket: string): string => `${prefix(bucket)}>`

const prefix = (bucket: string): string => `$KV.${bucket}.`
