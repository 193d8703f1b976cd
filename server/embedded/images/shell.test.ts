import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFabric, type Fabric } from '../network/fabric.ts';
import { serveHttp } from '../network/http.ts';
import { FixedClient, putService } from '../network/testing.ts';
import type { ContainerContext } from './image.ts';
import { runShellCommand } from './shell.ts';
import { contextOf, execIn, runImage } from './testing.ts';
import { busybox, curlImage } from './toolbox.ts';

let client: FixedClient;
let fabric: Fabric;
let context: ContainerContext;

beforeEach(async () => {
  client = new FixedClient();
  fabric = createFabric({ client });
  await fabric.ready();
  context = contextOf(client, fabric, {
    name: 'client',
    env: { GREETING: 'olá' },
    files: { '/etc/config/key': 'value\n' },
  }).context;
});
afterEach(() => fabric.stop());

const run = (argv: string[], stdin?: string) => execIn(context, argv, stdin);
const sh = (script: string, stdin?: string) => run(['sh', '-c', script], stdin);
const out = async (script: string) => (await sh(script)).stdout;

test.each([
  ['echo hello   world', 'hello world\n'],
  [`echo 'single $HOME' "double $GREETING" un\\ quoted`, 'single $HOME double olá un quoted\n'],
  ['echo one; false || echo two && echo three', 'one\ntwo\nthree\n'],
  ['false; echo $?', '1\n'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell that expands it.
  ['x=5; y=$((x * 2 + 1)); echo "$y ${z:-none} ${#GREETING}"', '11 none 3\n'],
  ['for i in $(seq 3); do echo -n "$i "; done; echo', '1 2 3 \n'],
  ['for i in 1 2 3; do if [ $i -eq 2 ]; then continue; fi; echo $i; done', '1\n3\n'],
  ['i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done', '1\n2\n3\n'],
  ['while true; do echo once; break; done', 'once\n'],
  ['printf "%s %d%%\\n" a 1 b 2', 'a 1%\nb 2%\n'],
  ['printf "b\\na\\nb\\n" | sort | uniq -c', '      1 a\n      2 b\n'],
  ['echo "no yes maybe" | grep -o yes', 'yes\n'],
  ['while true; do echo y; done | head -n 2', 'y\ny\n'],
  ['echo lost > /dev/null; echo kept > /tmp/f; echo more >> /tmp/f; cat /tmp/f', 'kept\nmore\n'],
  ['nosuch 2>/dev/null; echo $?', '127\n'],
  ['{ echo a; echo b >&2; } 2>&1 | wc -l', '2\n'],
  ['(cd /tmp; pwd); pwd', '/tmp\n/\n'],
  ['cat /etc/config/key; ls /etc/config', 'value\nkey\n'],
  ['hostname; whoami', 'client\nroot\n'],
  ['export A=1; sh -c "echo $A"; B=2 sh -c \'echo $B\'', '1\n2\n'],
  ['! false && echo negated', 'negated\n'],
  ['set -e; false; echo unreachable', ''],
  ['echo a # comment', 'a\n'],
  ['x="a b"; for w in $x; do echo $w; done; echo `echo back`', 'a\nb\nback\n'],
  ['echo first; exit 3; echo never', 'first\n'],
  ['set -- p q; echo "$# $1 $2 $@"', '2 p q p q\n'],
  ['echo hi | while read line; do echo "got $line"; done', 'got hi\n'],
])('%s', async (script, expected) => {
  expect(await out(script)).toBe(expected);
});

test('exit codes and messages of what is not there', async () => {
  expect(await sh('exit 7')).toMatchObject({ code: 7 });
  expect(await sh('nosuch')).toEqual({ code: 127, stdout: '', stderr: 'sh: nosuch: not found\n' });
  expect((await sh('tcpdump')).stderr).toMatch(
    /^sh: tcpdump: not found\nThe embedded cluster does not simulate tcpdump/,
  );
  expect(await run(['nosuch'])).toMatchObject({
    code: 126,
    stderr: expect.stringContaining('executable file not found in $PATH'),
  });
  expect(await sh('if')).toMatchObject({ code: 2, stderr: expect.stringContaining('syntax error') });
  expect((await sh('cat << EOF')).stderr).toContain('here-documents are not simulated');
  expect(await sh('cat /nowhere')).toMatchObject({
    code: 1,
    stderr: "cat: can't open '/nowhere': No such file or directory\n",
  });
  expect((await sh('sort -k2')).stderr).toContain('does not simulate the option -k');
});

test('reads a script or data from standard input', async () => {
  expect(await run(['cat'], 'hi\n')).toMatchObject({ code: 0, stdout: 'hi\n' });
  expect(await run(['sh'], 'echo from stdin\nexit 4\n')).toMatchObject({ code: 4, stdout: 'from stdin\n' });
});

test('a container’s commands log line by line, and end with the container', async () => {
  const { log, stop } = runImage(client, fabric, busybox, {
    command: ['sh', '-c', 'echo one; echo two >&2; sleep 3600'],
  });
  while (log.length < 2) await new Promise(setImmediate);
  expect(log).toEqual(['one', 'two']);
  expect(await stop()).toBe(143);
  expect(() => runImage(client, fabric, busybox, { command: ['/app/server'] })).toThrow(
    /executable file not found in \$PATH/,
  );
  const curl = runImage(client, fabric, curlImage, { args: ['--version'] });
  expect(await curl.program.exited).toBe(0);
  expect(curl.log[0]).toMatch(/^curl 8\.\d+\.0 \(simulated/);
});

test('at a terminal: prompt, echo, backspace, Ctrl-C, Ctrl-D', async () => {
  const keys: Buffer[] = [];
  let wake = () => {};
  let screen = '';
  const type = (text: string) => {
    keys.push(Buffer.from(text));
    wake();
  };
  const shows = async (text: string) => {
    while (!screen.includes(text)) await new Promise(setImmediate);
  };
  async function* stdin() {
    for (;;) {
      const key = keys.shift();
      if (key) yield key;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  }
  const write = (chunk: string | Buffer) => {
    screen += chunk;
  };
  const io = { stdin: stdin(), stdout: write, stderr: write, tty: true, signal: new AbortController().signal };
  const done = runShellCommand(['sh'], io, context);
  await shows('/ # ');
  type('echx\x7fo hi\r');
  await shows('\r\nhi\r\n/ # ');
  type('sleep 1000\r');
  await shows('sleep 1000\r\n');
  type('\x03');
  await shows('^C\r\n/ # ');
  type('echo $?\r');
  await shows('130\r\n');
  type('cat\rtyped\r\x04');
  await shows('typed\r\ntyped\r\n');
  type('echo "two\r');
  await shows('> ');
  type('lines"\r');
  await shows('two\r\nlines\r\n');
  type('\x1b[A\x15exit 9\r');
  expect(await done).toBe(9);
});

test('nslookup, wget', async () => {
  putService(client, 'bank', 'web', { clusterIP: '10.96.0.7' }, ['10.244.0.9']);
  serveHttp(fabric, '10.244.0.9', 9090, (_request, response) => response.end('page'));
  expect(await sh('nslookup web')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Name:\tweb.bank.svc.cluster.local\nAddress: 10.96.0.7\n'),
  });
  expect(await sh('nslookup nowhere')).toMatchObject({ code: 1, stdout: expect.stringContaining('NXDOMAIN') });
  expect(await sh('wget -qO- http://web/')).toEqual({ code: 0, stdout: 'page', stderr: '' });
  expect(await sh('wget -qO- http://nowhere/')).toEqual({
    code: 1,
    stdout: '',
    stderr: "wget: bad address 'nowhere'\n",
  });
});
