/** A block becomes commands as a shell would read them. */
import { describe, expect, it } from 'vitest';
import { CommandError, splitCommands } from './commands';

describe('splitCommands', () => {
  const cases: [name: string, source: string, commands: string[]][] = [
    ['one a line', 'kubectl get ns\nkubectl get pods', ['kubectl get ns', 'kubectl get pods']],
    ['no comments', '# lists\nls # here\n\n  # done', ['ls']],
    ['a # inside a word', 'echo a#b "# no"', ['echo a#b "# no"']],
    [
      'continued lines',
      'istioctl install \\\n  --set profile=demo -y\nls',
      ['istioctl install \\\n  --set profile=demo -y', 'ls'],
    ],
    ['quotes over lines', "echo 'a\n# not a comment\nb'\nls", ["echo 'a\n# not a comment\nb'", 'ls']],
    ['double quotes with escapes', 'echo "a \\" b\nc"', ['echo "a \\" b\nc"']],
    ['a backslash within single quotes', "echo 'a\\'\nls", ["echo 'a\\'", 'ls']],
    [
      'a here-document',
      "kubectl apply -f - <<'EOF'\nkind: Pod # kept\n# kept\nEOF\nls",
      ["kubectl apply -f - <<'EOF'\nkind: Pod # kept\n# kept\nEOF", 'ls'],
    ],
    ['two here-documents', 'cat <<A <<-B\n1\nA\n2\n\tB\nls', ['cat <<A <<-B\n1\nA\n2\n\tB', 'ls']],
    ['a here-string', 'cat <<< word\nls', ['cat <<< word', 'ls']],
    ['pipes and lists at the end', 'ls |\n  wc -l\ntrue &&\nfalse', ['ls |\n  wc -l', 'true &&\nfalse']],
    ['a pipe before a comment', 'ls | # first\n  wc -l', ['ls |\n  wc -l']],
    ['a loop', 'for i in 1 2; do\n  echo "$i"\ndone\nls', ['for i in 1 2; do\n  echo "$i"\ndone', 'ls']],
    ['a loop on one line', 'for i in 1 2; do echo $i; done', ['for i in 1 2; do echo $i; done']],
    ['a group', '{\n  ls\n}', ['{\n  ls\n}']],
    [
      'words that only look like keywords',
      'echo if for\nkubectl describe case',
      ['echo if for', 'kubectl describe case'],
    ],
    ['a subshell and a substitution', '(\n cd x\n ls\n)\necho $(\n ls)', ['(\n cd x\n ls\n)', 'echo $(\n ls)']],
    ['an ampersand at the end', 'sleep 1 &\nls', ['sleep 1 &', 'ls']],
    ['a redirection', 'wc < file 2>&1\nls', ['wc < file 2>&1', 'ls']],
    ['nothing', '# only words', []],
  ];
  it.each(cases)('%s', (_name, source, commands) => {
    expect(splitCommands(source)).toEqual(commands);
  });

  it.each([
    ["ls\necho 'open", 2, "a ' is open"],
    ['cat <<EOF\nx', 1, 'the here-document EOF is open'],
    ['ls \\', 1, 'continues'],
    ['for i in 1; do', 1, 'loop'],
    ['(ls', 1, '( is open'],
  ])('an unfinished command: %j', (source, line, message) => {
    const error = (() => {
      try {
        splitCommands(source);
      } catch (e) {
        return e;
      }
    })();
    expect(error).toBeInstanceOf(CommandError);
    expect((error as CommandError).line).toBe(line);
    expect((error as CommandError).message).toContain(message);
  });
});
