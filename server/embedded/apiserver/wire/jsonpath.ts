/** The simple JSONPath of printer columns: fields, indexes, `*`, and filters like `[?(@.type=="Ready")]`. */

type Step = (value: unknown) => unknown[];

const children = (value: unknown): unknown[] =>
  value !== null && typeof value === 'object' ? Object.values(value) : [];

const child =
  (key: string): Step =>
  (value) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value) || !Object.hasOwn(value, key)) return [];
    return [(value as Record<string, unknown>)[key]];
  };

const element =
  (index: number): Step =>
  (value) => {
    const found = Array.isArray(value) ? value.at(index) : undefined;
    return found === undefined ? [] : [found];
  };

const literal = (text: string): unknown => {
  const quoted = /^(['"])(.*)\1$/.exec(text);
  return quoted ? quoted[2] : JSON.parse(text);
};

const compare: Record<string, (a: unknown, b: unknown) => boolean> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => (a as number) < (b as number),
  '>': (a, b) => (a as number) > (b as number),
  '<=': (a, b) => (a as number) <= (b as number),
  '>=': (a, b) => (a as number) >= (b as number),
};

const filter = (expression: string): Step => {
  const parsed = /^@(\S*?)\s*(==|!=|<=|>=|<|>)\s*(.+)$/.exec(expression.trim());
  const find = parseJsonPath(parsed ? parsed[1]! : expression.trim().replace(/^@/, ''));
  const matches = parsed
    ? (found: unknown[]) => found.length > 0 && compare[parsed[2]!]!(found[0], literal(parsed[3]!.trim()))
    : (found: unknown[]) => found.length > 0;
  return (value) => children(value).filter((item) => matches(find(item)));
};

/**
 * Parses a path such as `.spec.hosts` or `.status.conditions[?(@.type=="Ready")].status` into a function that gives all
 * values it finds, none where a key is missing. A backslash keeps a dot in a key. Throws a SyntaxError on anything else.
 */
export function parseJsonPath(path: string): (root: unknown) => unknown[] {
  const token = /\.\.|\.?\*|\.?((?:\\.|[^.[\]\\'"*?()])+)|\[\?\((.*?)\)\]|\[(-?\d+)\]|\[\*\]|\[(['"])(.*?)\4\]|\./y;
  const steps: Step[] = [];
  while (token.lastIndex < path.length) {
    const start = token.lastIndex;
    const found = token.exec(path);
    if (!found || found[0] === '..') throw new SyntaxError(`JSONPath "${path}" is not supported at character ${start}`);
    const [whole, key, expression, index, , quoted] = found;
    if (key !== undefined) {
      if (!(start === 0 && key === '$')) steps.push(child(key.replace(/\\(.)/g, '$1')));
    } else if (expression !== undefined) steps.push(filter(expression));
    else if (index !== undefined) steps.push(element(Number(index)));
    else if (quoted !== undefined) steps.push(child(quoted));
    else if (whole.includes('*')) steps.push(children);
  }
  return (root) => steps.reduce((values, step) => values.flatMap(step), [root]);
}
