/** What zsh reads around the learner's own start-up files: marks, aliases, completion, the lab's history. */

import { COMMON, STASH_KEY } from './common.ts';

/**
 * `.zshenv` of the folder that ZDOTDIR names. The learner's ZDOTDIR holds while their file is read, and ours again
 * after it, so that zsh finds our `.zshrc`.
 */
export const ZSHENV = `# Written by Malha at each start; changes here are lost.
__malha_zdotdir=$ZDOTDIR
ZDOTDIR=$MALHA_ZDOTDIR
[[ -r $ZDOTDIR/.zshenv ]] && . "$ZDOTDIR/.zshenv"
__malha_user_zdotdir=$ZDOTDIR
ZDOTDIR=$__malha_zdotdir
`;

/** Our functions are read before the learner's file: its aliases and options do not change what they mean. */
export const ZSHRC = String.raw`# Written by Malha at each start; changes here are lost.
__malha_nonce=$MALHA_NONCE
__malha_bin=$MALHA_BIN
__malha_kubeconfig=$KUBECONFIG
__malha_history=$MALHA_HISTORY
unset MALHA_NONCE MALHA_BIN MALHA_HISTORY MALHA_ZDOTDIR

# Marks (OSC 633): A prompt, B its end, E the command, C its output, X the output's end, D its exit code, P the folder,
# K the line is kept (1) or empty (0).
__malha_mark() { builtin printf '\e]633;%s;%s\a' "$1" "$__malha_nonce" }
__malha_escape() {
  emulate -L zsh
  local text=$1
  text=\${text//\\/\\\\}
  text=\${text//;/\\x3b}
  text=\${text//$'\n'/\\x0a}
  builtin printf '%s' "\${text//[[:cntrl:]]/ }"
}
__malha_ran=0
__malha_preexec() {
  __malha_ran=1
  __malha_mark "E;$(__malha_escape "$1")"
  __malha_mark C
}
# zsh itself gives each of these functions the command's status.
__malha_before_prompt() {
  local __malha_status=$?
  emulate -L zsh
  if (( __malha_ran )); then __malha_mark "D;$__malha_status"; fi
  __malha_ran=0
}
__malha_at_prompt() {
  emulate -L zsh
  __malha_mark "P;Cwd=$(__malha_escape "$PWD")"
  # Prompt themes set PS1 anew each time, so it is wrapped each time.
  if [[ $PS1 != *"633;A;$__malha_nonce"* ]]; then
    PS1=$'%{\e]633;A;'$__malha_nonce$'\a%}'$PS1$'%{\e]633;B;'$__malha_nonce$'\a%}'
  fi
}
# What is typed at a prompt, before Run clears the line: into the history, and a mark.
__malha_stash() {
  # Ctrl-C may come while this runs, and must not end a shell that ends at errors.
  emulate -L zsh
  if [[ -z $PREBUFFER$BUFFER ]]; then
    __malha_mark 'K;0'
  else
    builtin print -rs -- "$PREBUFFER$BUFFER"
    __malha_mark 'K;1'
  fi
}
# Completion is loaded at the first Tab: a shell starts no later for it.
__malha_complete() {
  local tool=\${service:-kubectl}
  [[ $tool == k ]] && tool=kubectl
  eval "$(command $tool completion zsh 2>/dev/null)"
  (( \${+functions[_$tool]} )) || return 1
  compdef _$tool $tool
  [[ $tool == kubectl ]] && (( \${+aliases[k]} )) && compdef _kubectl k
  _$tool
}

__malha_setup() {
${COMMON}
HISTFILE=$__malha_history
if (( HISTSIZE < 1000 )); then HISTSIZE=1000; fi
if (( SAVEHIST < 1000 )); then SAVEHIST=1000; fi
setopt append_history interactive_comments
# Commands are typed as pasted text, and its highlight leaves traces where a screen is drawn again at another width.
zle_highlight+=(paste:none)

if ! (( \${+functions[compdef]} )); then
  autoload -Uz compinit
  compinit -u -d "$__malha_zdotdir/zcompdump"
fi
for __malha_tool in kubectl helm istioctl; do
  if ! (( \${+_comps[$__malha_tool]} )); then compdef __malha_complete $__malha_tool; fi
done
unset __malha_tool

# zsh shows this where output did not end in a newline, before any hook: the mark tells it from the output.
PROMPT_EOL_MARK=$'%{\e]633;X;'$__malha_nonce$'\a%}'\${PROMPT_EOL_MARK-'%B%S%#%s%b'}
autoload -Uz add-zsh-hook
add-zsh-hook preexec __malha_preexec
typeset -ga precmd_functions
precmd_functions=(__malha_before_prompt "\${precmd_functions[@]}" __malha_at_prompt)
zle -N __malha_stash
for __malha_keys in emacs viins vicmd; do
  bindkey -M $__malha_keys '${STASH_KEY.replace('\x1b', '\\e')}' __malha_stash
done
unset __malha_keys
}

if [[ $__malha_user_zdotdir == $HOME ]]; then unset ZDOTDIR; else ZDOTDIR=$__malha_user_zdotdir; fi
[[ -r $__malha_user_zdotdir/.zshrc ]] && . "$__malha_user_zdotdir/.zshrc"
__malha_setup
unfunction __malha_setup
`.replaceAll('\\${', '${');
