#compdef lesson
# Tab completion of lesson in zsh. To install it: eval "$(lesson completion zsh)" in ~/.zshrc, after compinit
_lesson() {
  local line
  local -a found
  while IFS= read -r line; do
    line=${line//:/\\:}
    found+=("${line/$'\t'/:}")
  done < <("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( ${#found} )); then
    _describe lesson found
  else
    _files
  fi
}
if [[ "${zsh_eval_context[-1]}" == loadautofunc ]]; then
  _lesson "$@"
else
  compdef _lesson lesson
fi
