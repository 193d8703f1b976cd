/** What bash reads around the learner's own start-up file: marks, aliases, completion, the lab's history. */

import { COMMON, STASH_KEY } from './common.ts';

/**
 * Our functions are read before the learner's file: its aliases cannot change them, and an error in it does not keep
 * bash from understanding them.
 */
export const BASH_INIT = String.raw`# Written by Malha at each start; changes here are lost.
__malha_nonce=$MALHA_NONCE
__malha_bin=$MALHA_BIN
__malha_kubeconfig=$KUBECONFIG
__malha_history=$MALHA_HISTORY
unset MALHA_NONCE MALHA_BIN MALHA_HISTORY
__malha_bash=$(( BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] ))

# Marks (OSC 633): A prompt, B its end, E the command, C its output, D its exit code, P the folder,
# K the line is kept (1) or empty (0).
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
__malha_prompted=
__malha_number='\!'
__malha_next=0
__malha_spaces=
# The last line of the history: its number and its text.
__malha_last() {
  __malha_line= __malha_at=0
  local entry
  entry=$(HISTTIMEFORMAT= builtin history 1) || return 0
  if [[ $entry =~ ^[[:space:]]*([0-9]+)[*[:space:]][[:space:]](.*)$ ]]; then
    __malha_at=\${BASH_REMATCH[1]} __malha_line=\${BASH_REMATCH[2]}
  fi
}
__malha_started() {
  __malha_last
  # A line that was not kept is another one's repetition, or one that we cannot know.
  if (( __malha_at < __malha_next )) && { [[ ! -o history ]] || [[ \${HISTCONTROL-} != *dups* && \${HISTCONTROL-} != *ignoreboth* ]]; }; then
    __malha_line=
  fi
  __malha_mark "E;$(__malha_escape "$__malha_line")"
  __malha_mark C
}
# A line that begins with a space is kept until the next prompt only, so that we can tell what runs.
__malha_forget() {
  case :\${HISTCONTROL-}: in
    *:ignoreboth:*) __malha_spaces=1 HISTCONTROL=\${HISTCONTROL/ignoreboth/ignoredups} ;;
    *:ignorespace:*) __malha_spaces=1 HISTCONTROL=\${HISTCONTROL/ignorespace/} ;;
  esac
  if [ -n "$__malha_spaces" ] && [ "$__malha_ran" = 1 ]; then
    __malha_last
    if (( __malha_at >= __malha_next )) && [[ $__malha_line == [[:space:]]* ]]; then builtin history -d "$__malha_at"; fi
  fi
  return 0
}
__malha_before_prompt() {
  local status=$?
  if [ "$__malha_ran" = 1 ]; then __malha_mark "D;$status"; fi
  __malha_forget 2>/dev/null
  __malha_ran=0 __malha_prompted=
  # Prompt themes show it; under errexit it would end the shell.
  case $- in *e*) return 0 ;; esac
  return $status
}
__malha_at_prompt() {
  local status=$?
  __malha_mark "P;Cwd=$(__malha_escape "$PWD")"
  # Prompt themes set PS1 anew each time, so it is wrapped each time.
  if [[ \${PS1-} != *'633;A;'"$__malha_nonce"* ]]; then
    PS1='\[\e]633;A;'"$__malha_nonce"'\a\]'"\${PS1-}"'\[\e]633;B;'"$__malha_nonce"'\a\]'
  fi
  if (( __malha_bash >= 404 )); then __malha_next=\${__malha_number@P}; fi
  case $- in *e*) return 0 ;; esac
  return $status
}
# Older bash (macOS has 3.2) has no PS0: the DEBUG trap runs before each simple command
# (not before a line that is nothing but a subshell).
__malha_debug() {
  if [ "$__malha_ran" = 0 ] && [ -z "\${COMP_LINE-}" ] && [[ $BASH_COMMAND != __malha_* ]] && [ -n "$__malha_prompted" ]; then
    __malha_ran=1 __malha_prompted=
    __malha_started
  fi
}
# What is typed at a prompt, before Run clears the line: into the history, and a mark.
__malha_stash() {
  if [ -z "\${READLINE_LINE-}" ]; then
    __malha_mark 'K;0'
  else
    builtin history -s -- "$READLINE_LINE"
    __malha_mark 'K;1'
  fi
}

# Completion is loaded at the first Tab: a shell starts no later for it. 124 asks bash to try again with the new rule.
__malha_complete() {
  local tool=$1
  [ "$tool" = k ] && tool=kubectl
  complete -r "$1" 2>/dev/null
  eval "$(command "$tool" completion bash 2>/dev/null)"
  declare -F "__start_$tool" >/dev/null || return 1
  complete -o default -F "__start_$tool" "$1"
  return 124
}
# The scripts of kubectl and helm want two functions of the bash-completion package.
__malha_comp_words() {
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
__malha_ltrim_colon() {
  if [[ $1 == *:* && $COMP_WORDBREAKS == *:* ]]; then
    local __prefix=\${1%"\${1##*:}"} __at
    for __at in "\${!COMPREPLY[@]}"; do COMPREPLY[__at]=\${COMPREPLY[__at]#"$__prefix"}; done
  fi
}

__malha_setup() {
${COMMON}
HISTFILE=$__malha_history
shopt -s histappend
# Commands are typed as pasted text, and its highlight leaves traces where a screen is drawn again at another width.
bind 'set enable-active-region off' 2>/dev/null || :
if ! declare -F _get_comp_words_by_ref >/dev/null; then _get_comp_words_by_ref() { __malha_comp_words; }; fi
if ! declare -F __ltrim_colon_completions >/dev/null; then __ltrim_colon_completions() { __malha_ltrim_colon "$@"; }; fi
for __malha_tool in kubectl helm istioctl; do
  complete -p "$__malha_tool" >/dev/null 2>&1 || complete -F __malha_complete "$__malha_tool"
done
unset __malha_tool
if [ "$(type -t k)" = alias ] && ! complete -p k >/dev/null 2>&1; then complete -F __malha_complete k; fi

if (( __malha_bash >= 400 )); then
  for __malha_keys in emacs-standard vi-insert vi-command; do
    bind -m "$__malha_keys" -x '"${STASH_KEY.replace('\x1b', '\\e')}":__malha_stash' 2>/dev/null || :
  done
  unset __malha_keys
fi
if [[ $(declare -p PROMPT_COMMAND 2>/dev/null) == 'declare -a'* ]]; then
  PROMPT_COMMAND=(__malha_before_prompt "\${PROMPT_COMMAND[@]}" __malha_at_prompt)
else
  PROMPT_COMMAND=\${PROMPT_COMMAND-}
  while [[ $PROMPT_COMMAND == *[\;[:space:]] ]]; do PROMPT_COMMAND=\${PROMPT_COMMAND%?}; done
  PROMPT_COMMAND="__malha_before_prompt\${PROMPT_COMMAND:+; $PROMPT_COMMAND}; __malha_at_prompt"
fi
if (( __malha_bash >= 404 )); then
  # PS0 is expanded in this shell once a command line was read: the empty slice sets __malha_ran on the way.
  PS0="\${PS0-}"'\${__malha_empty:$((__malha_ran=1,0)):0}$(__malha_started)'
else
  PROMPT_COMMAND="$PROMPT_COMMAND; __malha_prompted=1"
  trap '__malha_debug' DEBUG
fi
}

if [ -r ~/.bashrc ]; then . ~/.bashrc; fi
__malha_setup
unset -f __malha_setup
`.replaceAll('\\${', '${');
