/** The names of those that hold. */
export function classes(names: Readonly<Record<string, boolean | undefined>>): string | undefined {
  const held = Object.keys(names).filter((name) => names[name])
  return held.length === 0 ? undefined : held.join(' ')
}
