// What shells are told. The program itself knows its words: shells only ask it.

const BASH = `# leveret: completion for bash
_leveret() {
  local word quoted
  COMPREPLY=()
  while IFS= read -r word; do
    printf -v quoted '%q' "$word"
    COMPREPLY+=("$quoted")
  done < <(leveret completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _leveret leveret
`

const ZSH = `#compdef leveret
# leveret: completion for zsh
_leveret() {
  local -a found
  found=(\${(f)"$(leveret completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( $#found )); then
    compadd -a found
  else
    _files
  fi
}
# Found by the shell itself, this file is the function; otherwise it only tells of it.
if [[ $funcstack[1] == _leveret ]]; then
  _leveret "$@"
else
  compdef _leveret leveret
fi
`

const FISH = `# leveret: completion for fish
function __leveret_words
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    leveret completion words -- $before[2..-1] "$current" 2>/dev/null
end
complete -c leveret -a '(__leveret_words)'
`

/** By the name of the shell. */
export const COMPLETION_SCRIPTS: ReadonlyMap<string, string> = new Map([
  ['bash', BASH],
  ['zsh', ZSH],
  ['fish', FISH],
])
