/**
 * The subject of a key in a bucket. A subject is made of tokens of a few harmless characters, and a
 * key may have any, so all of it is written in base64url, as one token.
 */
export function kvSubject(bucket: string, key: string): string {
  return `${prefix(bucket)}${Buffer.from(key).toString('base64url')}`
}

/** The key of such a subject. */
export function kvKey(bucket: string, subject: string): string {
  return keyAfter(prefix(bucket), subject)
}

/** Matches all subjects of a bucket. */
export const kvSubjects = (bucket: string): string => `${prefix(bucket)}>`

/** Where a bucket tells of its changes: what comes last is as in its subjects. */
export const toldSubjects = (bucket: string): string => `${toldPrefix(bucket)}>`

/** The key of which such a subject tells. */
export function toldKey(bucket: string, subject: string): string {
  return keyAfter(toldPrefix(bucket), subject)
}

const toldPrefix = (bucket: string): string => `leveret.told.${bucket}.`
const prefix = (bucket: string): string => `$KV.${bucket}.`
const keyAfter = (start: string, subject: string): string =>
  Buffer.from(subject.slice(start.length), 'base64url').toString()
