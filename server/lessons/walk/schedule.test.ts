import { describe, expect, it } from 'vitest';
import { lessonOf } from '../testing.ts';
import { portsOf, schedule } from './schedule.ts';

const steps = (...commands: string[]) =>
  commands.map((command, index) => ({
    number: index + 1,
    lines: { en: 1, 'pt-BR': 1 },
    commands: [command],
    terminal: 1,
    background: true,
    expectExit: 0,
    timeout: 1000,
  }));

describe('the ports of a page', () => {
  it.each([
    ['kubectl port-forward svc/web -n ucontas-app 8080:80', [8080]],
    ['kubectl port-forward -n a pod/b 9090 8443:443', [9090, 8443]],
    ['istioctl dashboard kiali', [20001]],
    ['kubectl get pods -n ucontas-app', []],
    ['kubectl scale deployment web --replicas=80', []],
  ])('of %s', (command, ports) => {
    expect([...portsOf({ steps: steps(command) })]).toEqual(ports);
  });
});

describe('pages', () => {
  it('run side by side, but never two on one port, and come back in their order', async () => {
    const forward = (id: string, port: number) =>
      lessonOf(id, { steps: steps(`kubectl port-forward svc/web ${port}:80`) });
    const lessons = [forward('a', 8080), forward('b', 8080), lessonOf('c'), forward('d', 8081), lessonOf('e')];
    const running = new Set<string>();
    let most = 0;
    const results = await schedule(lessons, ['one', 'two'], async ({ id }) => {
      expect(running.has('a') && id === 'b').toBe(false);
      expect(running.has('b') && id === 'a').toBe(false);
      running.add(id);
      most = Math.max(most, running.size);
      await new Promise(setImmediate);
      running.delete(id);
      return id;
    });
    expect(results).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(most).toBe(2);
  });
});
