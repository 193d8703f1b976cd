import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../../protocol.ts';
import { DEFAULT_SIZE, Runs } from '../runs.ts';
import type { Session } from '../session.ts';
import { Terminals } from '../terminals.ts';
import { MANY_SHELLS, type Playground, playground, transcript, until, ZSH } from '../testing.ts';
import { BASH_INIT } from './bash.ts';
import { chooseShell } from './choose.ts';

let place: Playground;
afterEach(() => place.end());

async function open(...options: Parameters<typeof playground>): Promise<{ session: Session; shown: () => string }> {
  place = playground(...options);
  const session = place.terminals.open(DEFAULT_SIZE);
  const shown = transcript(session);
  await until(session, () => session.info.state === 'prompt');
  return { session, shown };
}

/** Types a line and resolves with what was shown up to the next prompt. */
async function say(session: Session, shown: () => string, line: string): Promise<string> {
  const from = shown().length;
  const returned = new Promise<void>((resolve) => {
    let ended = false;
    const stop = session.mark.on(({ type }) => {
      if (type === 'ended') ended = true;
      if (!ended || type !== 'ready') return;
      stop();
      resolve();
    });
  });
  session.write(`${line}\r`);
  await returned;
  return shown().slice(from);
}

/** A kubectl whose completion script is cobra's in little: the word is completed by asking the program. */
const KUBECTL = `#!/bin/sh
case "$1 $2" in
"completion bash") cat <<'END'
__start_kubectl() { local cur prev words cword; _get_comp_words_by_ref -n "=:" cur prev words cword; COMPREPLY=($(compgen -W "get pods describe" -- "$cur")); __ltrim_colon_completions "$cur"; }
complete -o default -F __start_kubectl kubectl
END
;;
"completion zsh") cat <<'END'
#compdef kubectl
compdef _kubectl kubectl
_kubectl() { compadd get pods describe; }
if [ "$funcstack[1]" = "_kubectl" ]; then _kubectl; fi
END
;;
*) echo "kubectl: $*";;
esac
`;
const tools = { kubectl: KUBECTL };

const shells = [
  { name: 'bash', shell: '/bin/bash', rc: '.bashrc' },
  ...(ZSH ? [{ name: 'zsh', shell: ZSH, rc: '.zshrc' }] : []),
];

describe.each(shells)('$name', ({ shell, rc }) => {
  it('reads the learner’s start-up file, and leaves it as it is', async () => {
    const text = 'export FROM_RC=yes\nalias hi="echo hello"\n';
    const { session, shown } = await open({ shell, files: { [rc]: text } });
    expect(await say(session, shown, 'echo "$FROM_RC"; hi')).toMatch(/yes\r\nhello\r\n/);
    expect(readFileSync(path.join(place.home, rc), 'utf8')).toBe(text);
  });

  it('keeps the lab’s PATH and KUBECONFIG first, whatever the start-up file does', async () => {
    const text = 'export KUBECONFIG=/prod PATH="/somewhere:$PATH"\nalias kubectl="kubectl --kubeconfig=/prod"\n';
    const { session, shown } = await open({ shell, tools, files: { [rc]: text } });
    const answer = await say(session, shown, 'echo "<$KUBECONFIG>" "<$PATH"; kubectl hello');
    expect(answer).toContain(`<${place.folder}/kubeconfig> <${place.bin}:/somewhere:`);
    expect(answer).toContain('kubectl: hello\r\n');
  });

  it('defines the short names that the learner has not', async () => {
    const { session, shown } = await open({
      shell,
      tools,
      files: { [rc]: 'alias k="echo mine"\nkgs() { echo also mine; }\n' },
    });
    const answer = await say(session, shown, 'k; kgs; kgp -A');
    expect(answer).toContain('mine\r\nalso mine\r\nkubectl: get pods -A\r\n');
  });

  it('completes kubectl and k at Tab', async () => {
    const { session, shown } = await open({ shell, tools });
    expect(await say(session, shown, 'kubectl desc\t x')).toContain('kubectl: describe x\r\n');
    expect(await say(session, shown, 'k po\t')).toContain('kubectl: pods\r\n');
  });

  it('tells the command as it was typed, and where the shell is', async () => {
    const { session, shown } = await open({ shell });
    const commands: (string | undefined)[] = [];
    session.changed.on(({ state, command }) => state === 'running' && commands.push(command));
    await say(session, shown, 'cd / && echo "a; b\\\\c" \'é\'');
    await until(session, () => session.info.cwd === '/');
    expect(commands).toContain('cd / && echo "a; b\\\\c" \'é\'');
  });

  it('has its start-up files whole, also where many shells start at once', { timeout: MANY_SHELLS }, async () => {
    place = playground({ shell });
    const sessions = Array.from({ length: LIMITS.terminals }, () => place.terminals.open(DEFAULT_SIZE));
    await Promise.all(sessions.map((session) => until(session, () => session.info.state === 'prompt')));
  });

  it('keeps a history of the lab alone', async () => {
    const { session, shown } = await open({
      shell,
      files: { [`.${shell.split('/').pop()}_history`]: 'echo private\n' },
    });
    await say(session, shown, 'echo remembered');
    session.write('exit\r');
    await until(session, () => session.hasExited);
    const second = place.terminals.open(DEFAULT_SIZE);
    const secondShown = transcript(second);
    await until(second, () => second.info.state === 'prompt');
    second.write('\x10\x10\r');
    await until(second, () => secondShown().includes('remembered'));
    expect(secondShown()).not.toContain('private');
  });

  it('passes on no secret of the server’s environment', async () => {
    const { session, shown } = await open({
      shell,
      env: {
        GITHUB_TOKEN: 'sesame',
        AWS_SECRET_ACCESS_KEY: 'sesame',
        npm_config__authToken: 'sesame',
        HTTP_PROXY: 'kept',
      },
    });
    const answer = await say(session, shown, 'env; set');
    expect(answer).not.toContain('sesame');
    expect(answer).toContain('HTTP_PROXY=kept');
    expect(answer).not.toMatch(/^MALHA_NONCE=/m);
  });

  it('still marks commands under a prompt theme that sets PS1 each time', async () => {
    const theme = {
      '.bashrc': 'PROMPT_COMMAND=\'PS1="[$?] theme> "\'\n',
      '.zshrc': 'precmd() { PS1="[$?] theme> " }\n',
    };
    const { session, shown } = await open({ shell, files: theme });
    await say(session, shown, '(exit 4)');
    expect(session.info.exitCode).toBe(4);
    expect(shown()).toContain('[4]');
  });
});

/** Start-up files that have broken shell integrations, here or elsewhere. */
const ROUGH: Record<'bash' | 'zsh', [name: string, text: string][]> = {
  bash: [
    ['set -u', 'set -u\n'],
    ['set -e', 'set -e\n'],
    ['an array of prompt commands', "PROMPT_COMMAND=('one=1' 'two=2')\n"],
    ['a prompt command that ends in a semicolon', "PROMPT_COMMAND='one=1; '\n"],
    ['a PS0 of its own', "PS0='<before>'\n"],
    ['a DEBUG trap', "trap 'last=$BASH_COMMAND' DEBUG\n"],
    [
      'a prompt like starship’s',
      `preexec() { started=1; }
precmd() { local status=$?; PS1='$(prompt '"$status"') '; }
prompt() { printf '%s' "[$1]>"; }
trap 'preexec "$_"' DEBUG
PROMPT_COMMAND='precmd'
`,
    ],
    ['history that is not kept', 'set +o history\nHISTSIZE=0\n'],
    [
      'history with times, without repetitions',
      "HISTTIMEFORMAT='%F %T '\nHISTCONTROL=ignoreboth:erasedups\nHISTIGNORE='ls:pwd'\n",
    ],
    ['vi keys', 'set -o vi\n'],
    ['other word separators', "IFS=';,'\n"],
    ['POSIX mode and no globs', 'set -o posix -o noglob\n'],
    ['tracing', 'set -x\n'],
    [
      'names that we use',
      'alias local=false\nalias printf=false\nalias history=false\nprintf() { echo no; }\nstatus=7 line=x text=y\n',
    ],
    ['an early return', 'return 3\n'],
    ['an error', 'no-such-command --at all\n[[ -f\n'],
  ],
  zsh: [
    ['no unset names', 'setopt no_unset\n'],
    ['an end at each error', 'setopt err_exit\n'],
    ['arrays and words as in ksh', 'setopt ksh_arrays sh_word_split\n'],
    ['names as globs', 'setopt glob_subst null_glob extended_glob\n'],
    ['a theme with a prompt made anew', 'setopt prompt_subst\nprecmd() { PS1=\'$(print -P "%~") > \' }\n'],
    [
      'hooks of its own',
      'autoload -Uz add-zsh-hook\none() { true }\nadd-zsh-hook precmd one\nadd-zsh-hook preexec one\n',
    ],
    ['vi keys', 'bindkey -v\n'],
    ['no history', 'HISTSIZE=0\nsetopt hist_ignore_space hist_ignore_all_dups\n'],
    ['an early return', 'return 3\n'],
    ['an error', 'no-such-command --at all\n'],
  ],
};

describe.each(shells)('$name with', ({ name, shell, rc }) => {
  it.each(ROUGH[name as 'bash' | 'zsh'])('%s: follows commands to their end', async (_, text) => {
    const { session } = await open({ shell, files: { [rc]: text } });
    const runs = new Runs({ terminals: place.terminals, whenReady: async () => {}, size: () => DEFAULT_SIZE });
    const request = { tab: session.info.tab, background: false };
    // `!` fails without ending a shell that ends at errors.
    await runs.request({ ...request, step: 'a', commands: ['echo one', 'echo "two  2"', '! true'] });
    expect(runs.states()).toMatchObject([{ phase: 'failed', command: 2, exitCode: 1 }]);
    expect(runs.states()[0]!.output).toMatch(/(^|\n)one\n(.*\n)*two {2}2\n/);
    session.input(Buffer.from('half a line'));
    await runs.request({ ...request, step: 'b', commands: ['cd /', 'sh -c "exit 0"'] });
    expect(runs.states()[1]).toMatchObject({ phase: 'passed' });
    await until(session, () => session.info.cwd === '/' && session.info.state === 'prompt');
  });

  it('tells a command that the history is not to keep, and the history does not keep it', async () => {
    const text = name === 'bash' ? 'HISTCONTROL=ignoreboth\n' : 'setopt hist_ignore_space\n';
    const { session, shown } = await open({ shell, files: { [rc]: text } });
    const commands: string[] = [];
    session.mark.on((mark) => mark.type === 'command' && commands.push(mark.line));
    await say(session, shown, 'echo first');
    await say(session, shown, ' echo secret');
    await say(session, shown, 'echo first');
    const kept = await say(session, shown, 'fc -ln 1');
    expect(commands.map((line) => line.trim())).toEqual(['echo first', 'echo secret', 'echo first', 'fc -ln 1']);
    expect(kept).toContain('echo first');
    expect(kept).not.toContain('secret');
  });
});

it('marks commands in a bash that has no PS0, as macOS’s', async () => {
  place = playground();
  const init = path.join(place.folder, 'old-bashrc');
  const versionTest = /^__malha_bash=.*$/m;
  expect(BASH_INIT).toMatch(versionTest);
  writeFileSync(init, BASH_INIT.replace(versionTest, '__malha_bash=302'));
  writeFileSync(path.join(place.home, '.bashrc'), "PROMPT_COMMAND='true; (true)'\n");
  const terminals = new Terminals({
    shell: () => ({ name: 'bash', file: '/bin/bash', args: ['--init-file', init], env: {} }),
    cwd: place.home,
    env: () => ({ PATH: '/bin:/usr/bin', HOME: place.home, MALHA_BIN: place.bin, MALHA_HISTORY: `${place.folder}/h` }),
  });
  const runs = new Runs({ terminals, whenReady: async () => {}, size: () => DEFAULT_SIZE });
  await runs.request({ step: 's', commands: ['echo one | cat', 'sh -c "exit 3"'], tab: 1, background: false });
  expect(runs.states()).toMatchObject([{ phase: 'failed', command: 1, exitCode: 3, output: 'one\n' }]);
  await runs.request({ step: 't', commands: ['for i in 1 2; do echo $i; done'], tab: 1, background: false });
  expect(runs.states()[1]).toMatchObject({ phase: 'passed', output: '1\n2\n' });
  await terminals.closeAll();
});

it('takes bash where the learner’s shell is another, and sh where there is no bash', () => {
  place = playground();
  const choose = (env: NodeJS.ProcessEnv) => chooseShell(env, path.join(place.folder, 'shell'));
  expect(choose({ PATH: process.env.PATH, SHELL: '/usr/bin/fish' }).name).toBe('bash');
  expect(choose({ PATH: place.bin, SHELL: '/nowhere/bash' })).toMatchObject({ name: 'sh', file: '/bin/sh' });
});

it('says in plain sh that Run needs bash or zsh', async () => {
  place = playground();
  const terminals = new Terminals({
    shell: () => ({ name: 'sh', file: '/bin/sh', args: ['-i'], env: {} }),
    cwd: place.home,
    env: () => ({ PATH: '/bin:/usr/bin' }),
  });
  const runs = new Runs({ terminals, whenReady: async () => {}, size: () => DEFAULT_SIZE });
  await runs.request({ step: 's', commands: ['true'], tab: 1, background: false });
  expect(runs.states()).toMatchObject([{ phase: 'refused', message: expect.stringContaining('Install bash or zsh') }]);
  await terminals.closeAll();
});
