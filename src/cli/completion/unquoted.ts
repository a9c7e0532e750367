/** In quotes of either kind, after a backslash, or plain; what is quoted last may not be closed yet. */
const PIECE = /'([^']*)'?|"((?:\\.|[^"\\])*)"?|\\(.?)|([^'"\\]+)/gs

/** What a word in the line of a POSIX shell stands for; nothing is expanded. */
export function unquoted(word: string): string {
  return word.replaceAll(
    PIECE,
    (_, ...[single, double, escaped, plain]: (string | undefined)[]) =>
      // Between double quotes, a backslash is one but for a few characters.
      single ?? double?.replaceAll(/\\([$`"\\])/g, '$1') ?? escaped ?? plain ?? '',
  )
}
