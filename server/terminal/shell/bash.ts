/** What bash reads after the learner's own start-up file: marks, aliases, completion, the lab's history. */

import { COMMON } from './common.ts';

export const BASH_INIT = String.raw`# Written by Malha at each start; changes here are lost.
__malha_nonce=$MALHA_NONCE
__malha_bin=$MALHA_BIN
__malha_kubeconfig=$KUBECONFIG
__malha_history=$MALHA_HISTORY
unset MALHA_NONCE MALHA_BIN MALHA_HISTORY

if [ -r ~/.bashrc ]; then . ~/.bashrc; fi

${COMMON}
HISTFILE=$__malha_history
shopt -s histappend
# Commands are typed as pasted text, and its highlight leaves traces where a screen is drawn again at another width.
bind 'set enable-active-region off' 2>/dev/null

# Completion. The scripts of kubectl and helm want two functions of the bash-completion package.
if ! declare -F _get_comp_words_by_ref >/dev/null; then
  _get_comp_words_by_ref() {
    local __at
    # Words are as bash splits them, but ":" and "=" within a word do not split it.
    words=() cword=0
    local __line=\${COMP_LINE:0:COMP_POINT} __rest
    read -r -a words <<<"$__line"
    case $__line in *[[:space:]] | '') words+=('') ;; esac
    cword=$(( \${#words[@]} - 1 ))
    cur=\${words[cword]}
    prev=''
    if (( cword > 0 )); then prev=\${words[cword-1]}; fi
  }
fi
if ! declare -F __ltrim_colon_completions >/dev/null; then
  __ltrim_colon_completions() {
    if [[ $1 == *:* && $COMP_WORDBREAKS == *:* ]]; then
      local __prefix=\${1%"\${1##*:}"} __at
      for __at in "\${!COMPREPLY[@]}"; do COMPREPLY[__at]=\${COMPREPLY[__at]#"$__prefix"}; done
    fi
  }
fi
# Loaded at the first Tab: a shell starts no later for it. 124 asks bash to try again with the new rule.
__malha_complete() {
  local tool=$1
  [ "$tool" = k ] && tool=kubectl
  complete -r "$1" 2>/dev/null
  eval "$(command "$tool" completion bash 2>/dev/null)"
  declare -F "__start_$tool" >/dev/null || return 1
  complete -o default -F "__start_$tool" "$1"
  return 124
}
for __malha_tool in kubectl helm istioctl; do
  complete -p "$__malha_tool" >/dev/null 2>&1 || complete -F __malha_complete "$__malha_tool"
done
unset __malha_tool
if [ "$(type -t k)" = alias ] && ! complete -p k >/dev/null 2>&1; then complete -F __malha_complete k; fi

# Marks (OSC 633): A prompt, B its end, E the command, C its output, D its exit code, P the folder.
__malha_mark() { builtin printf '\e]633;%s;%s\a' "$1" "$__malha_nonce"; }
__malha_escape() {
  local LC_ALL=C text=$1
  text=\${text//\\/\\\\}
  text=\${text//;/\\x3b}
  text=\${text//$'\n'/\\x0a}
  builtin printf '%s' "\${text//[[:cntrl:]]/ }"
}
__malha_ran=0
__malha_empty=
__malha_started() {
  local line
  line=$(HISTTIMEFORMAT= builtin history 1)
  if [[ $line =~ ^[[:space:]]*[0-9]+[*[:space:]][[:space:]](.*)$ ]]; then line=\${BASH_REMATCH[1]}; fi
  __malha_mark "E;$(__malha_escape "$line")"
  __malha_mark C
}
__malha_before_prompt() {
  local status=$?
  if [ "$__malha_ran" = 1 ]; then __malha_mark "D;$status"; fi
  __malha_ran=0 __malha_prompted=
  return $status
}
__malha_at_prompt() {
  local status=$?
  __malha_mark "P;Cwd=$(__malha_escape "$PWD")"
  # Prompt themes set PS1 anew each time, so it is wrapped each time.
  if [[ $PS1 != *'633;A;'"$__malha_nonce"* ]]; then
    PS1='\[\e]633;A;'"$__malha_nonce"'\a\]'"$PS1"'\[\e]633;B;'"$__malha_nonce"'\a\]'
  fi
  return $status
}
if [[ $(declare -p PROMPT_COMMAND 2>/dev/null) == 'declare -a'* ]]; then
  PROMPT_COMMAND=(__malha_before_prompt "\${PROMPT_COMMAND[@]}" __malha_at_prompt)
else
  while [[ $PROMPT_COMMAND == *[\;[:space:]] ]]; do PROMPT_COMMAND=\${PROMPT_COMMAND%?}; done
  PROMPT_COMMAND="__malha_before_prompt\${PROMPT_COMMAND:+; $PROMPT_COMMAND}; __malha_at_prompt"
fi
if (( BASH_VERSINFO[0] > 4 || (BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] >= 4) )); then
  # PS0 is expanded in this shell once a command line was read: the empty slice sets __malha_ran on the way.
  PS0="$PS0"'\${__malha_empty:$((__malha_ran=1,0)):0}$(__malha_started)'
else
  # Older bash (macOS has 3.2) has no PS0: the DEBUG trap runs before each simple command
  # (not before a line that is nothing but a subshell).
  __malha_debug() {
    if [ "$__malha_ran" = 0 ] && [ -z "\${COMP_LINE-}" ] && [[ $BASH_COMMAND != __malha_* ]] && [ -n "$__malha_prompted" ]; then
      __malha_ran=1 __malha_prompted=
      __malha_started
    fi
  }
  __malha_prompted=
  PROMPT_COMMAND="$PROMPT_COMMAND; __malha_prompted=1"
  trap '__malha_debug' DEBUG
fi
`.replaceAll('\\${', '${');
