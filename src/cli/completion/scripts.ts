// What shells are told. The program itself knows its words: shells only ask it.

const BASH = `# leveret: completion for bash
_leveret() {
  local rest=\${COMP_LINE:0:COMP_POINT} index part begun word text
  local -a words=()
  # Readline divides words at = and : as well; in the line they are one.
  for ((index = 0; index <= COMP_CWORD; index++)); do
    if [[ $index == 0 || $rest == [[:space:]]* ]]; then
      rest=\${rest#"\${rest%%[![:space:]]*}"}
      words+=("")
    fi
    part=\${COMP_WORDS[index]}
    [[ $index == "$COMP_CWORD" ]] && part=$rest
    words[\${#words[@]} - 1]+=$part
    rest=\${rest#"$part"}
  done
  # Only what comes after this is replaced: a quote, or what is before = or :.
  begun=\${words[\${#words[@]} - 1]%"$2"}
  COMPREPLY=()
  while IFS= read -r word; do
    case $begun in
      \\'*) text=\\'\${word//\\'/\\'\\\\\\'\\'} ;;
      \\"*) text=\\"$(sed 's/[\\\\"$\`]/\\\\&/g' <<<"$word") ;;
      *) printf -v text %q "$word" ;;
    esac
    COMPREPLY+=("\${text#"$begun"}")
  done < <(leveret completion words --quoted -- "\${words[@]:1}" 2>/dev/null)
}
complete -o default -F _leveret leveret
`

const ZSH = `#compdef leveret
# leveret: completion for zsh
_leveret() {
  local word
  local -a before found
  for word in "\${(@)words[2,CURRENT-1]}"; do before+=("\${(Q)word}"); done
  # The shell leaves out what does not begin as the word does, in its own way.
  [[ $PREFIX == -* ]] && word=\${(Q)PREFIX} || word=
  found=("\${(@f)$(leveret completion words -- "\${(@)before}" "$word" 2>/dev/null)}")
  if [[ -n $found ]]; then
    compadd -a -- found
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
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    # The shell leaves out what does not begin as the word does, in its own way.
    string match -q -- '-*' $current
    and set -a words $current
    or set -a words ''
    set -l found (leveret completion words -- $words[2..-1] 2>/dev/null)
    if set -q found[1]
        printf '%s\\n' $found
    else
        __fish_complete_path "$current"
    end
end
complete -c leveret -f -a '(__leveret_words)'
`

/** By the name of the shell. */
export const COMPLETION_SCRIPTS: ReadonlyMap<string, string> = new Map([
  ['bash', BASH],
  ['zsh', ZSH],
  ['fish', FISH],
])
