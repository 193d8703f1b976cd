/** Which page runs when, in which lab: two pages that take the same port of this machine never run side by side. */
import type { Lesson } from '../schema.ts';

/** Ports that a page's commands listen on: those of port-forwards, and of dashboards, which prefer their addon's. */
const DASHBOARD_PORTS: Record<string, number> = { kiali: 20001, prometheus: 9090, grafana: 3000, jaeger: 16686 };

export function portsOf({ steps }: Pick<Lesson, 'steps'>): Set<number> {
  const ports = new Set<number>();
  for (const command of steps.flatMap(({ commands }) => commands)) {
    if (/\bport-forward\b/.test(command)) {
      for (const [, port] of command.matchAll(/\s(\d{2,5})(?::\d+)?(?=\s|$)/g)) ports.add(Number(port));
    }
    const dashboard = /\bdash(?:board)?\s+(\w+)/.exec(command)?.[1];
    const port = dashboard === undefined ? undefined : DASHBOARD_PORTS[dashboard];
    if (port !== undefined) ports.add(port);
  }
  return ports;
}

/** Results in the order of `lessons`. Longer pages begin first, so that none is left alone at the end. */
export async function schedule<Lab, Result>(
  lessons: readonly Lesson[],
  labs: readonly Lab[],
  run: (lesson: Lesson, lab: Lab) => Promise<Result>,
): Promise<Result[]> {
  const waiting = lessons
    .map((lesson, index) => ({ lesson, index, ports: portsOf(lesson) }))
    .sort((a, b) => b.lesson.steps.length - a.lesson.steps.length);
  const results: Result[] = new Array(lessons.length);
  const taken = new Set<number>();
  let freed = () => {};
  let change = new Promise<void>((resolve) => {
    freed = resolve;
  });
  const work = async (lab: Lab) => {
    while (waiting.length > 0) {
      const next = waiting.findIndex(({ ports }) => [...ports].every((port) => !taken.has(port)));
      if (next < 0) {
        await change;
        continue;
      }
      const { lesson, index, ports } = waiting.splice(next, 1)[0]!;
      for (const port of ports) taken.add(port);
      try {
        results[index] = await run(lesson, lab);
      } finally {
        for (const port of ports) taken.delete(port);
        freed();
        change = new Promise<void>((resolve) => {
          freed = resolve;
        });
      }
    }
  };
  await Promise.all(labs.map(work));
  return results;
}
