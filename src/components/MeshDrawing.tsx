/** The example bank as a mesh: five services, a proxy beside each, calls from proxy to proxy, istiod above them. */
import { translate } from '@docusaurus/Translate';
import type { ReactNode } from 'react';
import styles from './mesh-drawing.module.css';

/** Centres of the services; the proxy hangs under each. */
const SERVICES = {
  web: [70, 150],
  accounts: [235, 90],
  payments: [235, 210],
  ledger: [405, 90],
  rates: [405, 210],
} as const;

type Name = keyof typeof SERVICES;

const CALLS: [from: Name, to: Name][] = [
  ['web', 'accounts'],
  ['web', 'payments'],
  ['accounts', 'ledger'],
  ['payments', 'ledger'],
  ['payments', 'rates'],
];

const WIDTH = 92;
const HEIGHT = 40;

const proxyOf = (name: Name): [x: number, y: number] => [SERVICES[name][0], SERVICES[name][1] + HEIGHT / 2 + 5];

export function MeshDrawing(): ReactNode {
  return (
    <svg
      className={styles.drawing}
      viewBox="10 0 455 250"
      role="img"
      aria-label={translate({
        id: 'home.drawing',
        message:
          'Five services, each with a proxy beside it. Calls go from proxy to proxy: web to accounts and payments, accounts to ledger, payments to ledger and rates. istiod configures all proxies.',
      })}
    >
      <g className={styles.control}>
        {(Object.keys(SERVICES) as Name[]).map((name) => {
          const [x, y] = proxyOf(name);
          return <path key={name} d={`M235 30 L ${x} ${y}`} />;
        })}
      </g>
      <g className={styles.calls}>
        {CALLS.map(([from, to]) => {
          const [x1, y1] = proxyOf(from);
          const [x2, y2] = proxyOf(to);
          return <path key={from + to} d={`M${x1} ${y1} C ${x1 + 85} ${y1}, ${x2 - 85} ${y2}, ${x2} ${y2}`} />;
        })}
      </g>
      <g className={styles.istiod}>
        <rect x="197" y="12" width="76" height="30" rx="15" />
        <text x="235" y="31">
          istiod
        </text>
      </g>
      {(Object.keys(SERVICES) as Name[]).map((name) => {
        const [x, y] = SERVICES[name];
        const [px, py] = proxyOf(name);
        return (
          <g key={name}>
            <rect
              className={styles.service}
              x={x - WIDTH / 2}
              y={y - HEIGHT / 2}
              width={WIDTH}
              height={HEIGHT}
              rx="8"
            />
            <text className={styles.name} x={x} y={y + 5}>
              {name}
            </text>
            <circle className={styles.proxy} cx={px} cy={py} r="8.5" />
          </g>
        );
      })}
    </svg>
  );
}
