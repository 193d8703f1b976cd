/**
 * `npm run bench:terminal [-- --only malha,naive] [--rounds 3] [--json]`: our terminals beside other servers', in one
 * run on one machine. Rounds go through all servers in turn, so that a slow minute of the machine is everyone's.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { echo, interrupt, percentile, replay, sessions, throughput } from './measures.ts';
import { SERVERS, type Server } from './servers.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    mib: { type: 'string', default: '64' },
    json: { type: 'boolean', default: false },
    bundles: { type: 'string', default: '' },
    packages: { type: 'string', default: '' },
  },
});
const rounds = Number(values.rounds);
const bytes = Number(values.mib) * 1024 * 1024;
const say = (line: string) => console.error(line);

interface Figures {
  name: string;
  /** MB/s; the median of the rounds, as all that follow. */
  throughput: number;
  echo50: number;
  echo99: number;
  interrupt: number;
  largestQueue: number;
  base: number;
  withFew: number;
  each: number;
  echo200: number;
  replay?: number;
}

async function measure(server: Server, file: string): Promise<Omit<Figures, 'name'>> {
  say(`  ${server.name}: sessions`);
  const held = await sessions(server, 50, 200);
  say(`  ${server.name}: throughput, echo, Ctrl-C`);
  const rates = await throughput(server, file, bytes, 3);
  const keys = await echo(server, 5000);
  const stopped = await interrupt(server);
  return {
    throughput: percentile(rates, 0.5),
    echo50: percentile(keys, 0.5),
    echo99: percentile(keys, 0.99),
    interrupt: stopped.milliseconds,
    largestQueue: stopped.largestQueue,
    base: held.base,
    withFew: held.withFew,
    each: held.each,
    echo200: percentile(held.echo, 0.99),
    replay: server.name === 'Malha' ? await replay(server, file) : undefined,
  };
}

function median(all: Omit<Figures, 'name'>[]): Omit<Figures, 'name'> {
  const keys = Object.keys(all[0]!) as (keyof Omit<Figures, 'name'>)[];
  const entries = keys.map((key) => [
    key,
    percentile(
      all.map((one) => one[key] ?? Number.NaN),
      0.5,
    ),
  ]);
  return Object.fromEntries(entries) as Omit<Figures, 'name'>;
}

const folder = mkdtempSync(path.join(tmpdir(), 'malha-bench-file-'));
const file = path.join(folder, 'text');
const line = (number: number) => `${String(number).padStart(9)} The quick brown fox jumps over the lazy dog.\n`;
const text = Array.from({ length: Math.ceil(bytes / line(0).length) }, (_, number) => line(number)).join('');
writeFileSync(file, text.slice(0, bytes));

const names = values.only?.split(',') ?? Object.keys(SERVERS);
const missing: string[] = [];
const results = new Map<string, Omit<Figures, 'name'>[]>();
try {
  for (let round = 1; round <= rounds; round++) {
    say(`Round ${round} of ${rounds}`);
    for (const name of names) {
      const start = SERVERS[name];
      if (!start) throw new Error(`Unknown server ${name}; known are ${Object.keys(SERVERS).join(', ')}.`);
      // A fresh process for each: nothing of an earlier measure weighs on the next.
      const server = await start({ bundles: values.bundles, packages: values.packages });
      if (typeof server === 'string') {
        if (round === 1) missing.push(`${name}: ${server}`);
        continue;
      }
      try {
        results.set(server.name, [...(results.get(server.name) ?? []), await measure(server, file)]);
      } finally {
        await server.stop();
      }
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const figures: Figures[] = [...results].map(([name, all]) => ({ name, ...median(all) }));
if (values.json) console.log(JSON.stringify({ figures, missing }, undefined, 2));
else print();

function print(): void {
  const of = (value: number | undefined, digits = 1) =>
    value === undefined || Number.isNaN(value) ? '' : value.toFixed(digits);
  const kb = (value: number) => of(value / 1000, 0);
  console.log(
    '| server | MB/s | echo p50 / p99 ms | Ctrl-C ms | largest queue KB | MB with 0 / 50 sessions | KB for each of 150 more | echo p99 of 200 ms | replay ms |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|');
  for (const one of figures) {
    console.log(
      `| ${one.name} | ${of(one.throughput)} | ${of(one.echo50, 2)} / ${of(one.echo99, 2)} | ${of(one.interrupt, 0)} | ${kb(one.largestQueue)} | ${of(one.base / 1024, 0)} / ${of(one.withFew / 1024, 0)} | ${of(one.each, 0)} | ${of(one.echo200, 2)} | ${of(one.replay, 0)} |`,
    );
  }
  for (const why of missing) console.log(`\nNot measured: ${why}.`);
  const [ours, naive] = ['Malha', 'ws + node-pty, naive'].map((name) => figures.find((one) => one.name === name));
  if (!ours || !naive) return;
  const goals: [string, boolean, string][] = [
    [
      'throughput ≥ 0.95 of naive',
      ours.throughput >= 0.95 * naive.throughput,
      of(ours.throughput / naive.throughput, 2),
    ],
    ['echo p50 ≤ 1.1 of naive', ours.echo50 <= 1.1 * naive.echo50, of(ours.echo50 / naive.echo50, 2)],
    ['echo p99 no worse than naive', ours.echo99 <= naive.echo99, of(ours.echo99 / naive.echo99, 2)],
    ['Ctrl-C ≤ 50 ms', ours.interrupt <= 50, `${of(ours.interrupt, 0)} ms`],
    ['client queue ≤ 200 KB', ours.largestQueue <= 200_000, `${kb(ours.largestQueue)} KB`],
    ['≤ 64 KB for an idle session', ours.each <= 64, `${of(ours.each, 0)} KB`],
    ['200 sessions: echo p99 ≤ 10 ms', ours.echo200 <= 10, `${of(ours.echo200, 2)} ms`],
    ['replay of 10,000 lines ≤ 300 ms', (ours.replay ?? 0) <= 300, `${of(ours.replay, 0)} ms`],
  ];
  console.log('');
  for (const [goal, reached, seen] of goals) console.log(`${reached ? 'reached' : 'MISSED '}  ${goal}: ${seen}`);
}
