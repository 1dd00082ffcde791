/** The shells that there is a script for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** Where each script goes, as the shells themselves want it. */
export const WHERE: Record<Shell, string> = {
  bash: 'source <(clawlink completion bash)      in ~/.bashrc',
  zsh: 'source <(clawlink completion zsh)       in ~/.zshrc, after compinit',
  fish: 'clawlink completion fish | source       in ~/.config/fish/config.fish',
}

/**
 * Each hands the words up to the cursor to `clawlink complete`, which answers a candidate and what it is on each line.
 * Under the name of a command (`clawlink_call_tool`), the program is that command.
 * No candidates: files, which also is what most values without a list are.
 */
export const SCRIPTS: Record<Shell, (programs: string[]) => string> = {
  // Nothing of bash 4 and nothing of the bash-completion package: macOS has neither.
  bash: (programs) => `# bash completion for clawlink
_clawlink() {
  local words=() candidate word raw current prefix=
  # Bash takes --view=full apart at the equals sign.
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ \${#words[@]} -gt 0 && ( $word == = || \${words[\${#words[@]}-1]} == --*= ) ]]; then
      words[\${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
  done
  raw=\${words[\${#words[@]}-1]}
  current=\${raw#[\\"\\']}
  current=\${current//\\\\/}
  words[\${#words[@]}-1]=$current
  [[ $current == --*=* && \${COMP_WORDS[COMP_CWORD]} != --* ]] && prefix=\${current%%=*}=
  [[ \${1##*/} == clawlink ]] || words=("\${1##*/}" "\${words[@]}")
  COMPREPLY=()
  while IFS=$'\\t' read -r candidate _; do
    candidate=\${candidate#"$prefix"}
    # Within quotes a space is a space; elsewhere it would begin another word.
    [[ $raw == [\\"\\']* ]] || printf -v candidate %q "$candidate"
    COMPREPLY+=("$candidate")
  done < <(command clawlink complete -- "\${words[@]}" 2>/dev/null)
}
complete -o bashdefault -o default -F _clawlink ${programs.join(' ')}
`,

  zsh: (programs) => `#compdef ${programs.join(' ')}
_clawlink() {
  local -a typed candidates
  local line
  typed=("\${(@Q)words[2,CURRENT-1]}" "$PREFIX")
  [[ \${words[1]:t} == clawlink ]] || typed=("\${words[1]:t}" "\${typed[@]}")
  while IFS= read -r line; do
    line=\${line//:/\\\\:}
    candidates+=("\${line/$'\\t'/:}")
  done < <(command clawlink complete -- "\${typed[@]}" 2>/dev/null)
  if (( \${#candidates} )); then
    _describe clawlink candidates
  else
    _files
  fi
}
if [[ $funcstack[1] == _clawlink ]]; then
  _clawlink "$@"
else
  compdef _clawlink ${programs.join(' ')}
fi
`,

  fish: (programs) => `# fish completion for clawlink
function __clawlink_complete
  set -l tokens (commandline -opc)
  set -l current (commandline -ct | string replace -r '^["\\']' '')
  set -l program (basename $tokens[1])
  set -e tokens[1]
  test $program = clawlink; or set -p tokens $program
  set -l candidates (command clawlink complete -- $tokens "$current" 2>/dev/null)
  if set -q candidates[1]
    printf '%s\\n' $candidates
  else
    __fish_complete_path "$current"
  end
end
${programs.map((program) => `complete -c ${program} -f -a '(__clawlink_complete)'`).join('\n')}
`,
}
