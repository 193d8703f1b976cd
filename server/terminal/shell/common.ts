/** Lines that bash and zsh share, run after the learner's own start-up files. */

/** A key that no keyboard has: asks the shell to put the line at its prompt into its history (mark K). */
export const STASH_KEY = '\x1b[633~';

export const COMMON = `# Start-up files often set PATH and KUBECONFIG; here the lab's own come first, always.
PATH=$__malha_bin:$PATH
export PATH
KUBECONFIG=$__malha_kubeconfig
export KUBECONFIG

# An alias or function that sends a tool to another cluster would break the lab's promise.
for __malha_tool in kubectl helm istioctl; do
  case "$(alias "$__malha_tool" 2>/dev/null)" in
    *--kubeconfig* | *--context* | *KUBECONFIG*) unalias "$__malha_tool" ;;
  esac
done
unset __malha_tool

# Short names, where the learner has none of their own.
command -v k >/dev/null 2>&1 || alias k=kubectl
command -v kgp >/dev/null 2>&1 || alias kgp='kubectl get pods'
command -v kgs >/dev/null 2>&1 || alias kgs='kubectl get services'
`;
