/** The page that stands in for Kiali. */
import type { MeshView, NamespaceView, WorkloadView } from './mesh-view.ts';
import { escapeHtml, page } from './page.ts';

const injection = ({ injection: value }: NamespaceView): string => {
  if (value === undefined) return 'not injected';
  if (value === 'disabled') return '<span class="out">disabled</span>';
  return `<span class="in">${value === 'enabled' ? 'injected' : `revision ${escapeHtml(value)}`}</span>`;
};

/** Istio's own namespace has proxies as gateways, and no applications to put one beside. */
const SYSTEM = 'istio-system';

const sidecars = (namespace: string, { pods, withSidecar }: { pods: number; withSidecar: number }): string => {
  if (pods === 0) return 'no pods';
  if (namespace === SYSTEM) return 'none, by design';
  return `<span class="${withSidecar === pods ? 'in' : 'out'}">${withSidecar} of ${pods}</span>`;
};

const row = (...cells: string[]): string => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;

function table(caption: string, heads: string[], rows: string[]): string {
  const head = heads.map((text) => `<th scope="col">${text}</th>`).join('');
  const body = rows.join('\n') || `<tr><td colspan="${heads.length}">Nothing yet.</td></tr>`;
  return `<div class="table"><table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>
${body}
</tbody></table></div>`;
}

const workloadRow = (workload: WorkloadView): string =>
  row(
    escapeHtml(workload.namespace),
    escapeHtml(workload.name),
    escapeHtml(workload.kind),
    `${workload.ready} of ${workload.pods}`,
    sidecars(workload.namespace, workload),
  );

/** `now` is shown as the time of the reading. */
export function kialiPage(mesh: MeshView, now: Date): string {
  const applications = mesh.workloads.filter(({ namespace }) => namespace !== SYSTEM);
  const inMesh = applications.filter(({ pods, withSidecar }) => pods > 0 && pods === withSidecar).length;
  const labelled = mesh.namespaces.filter(({ injection: value }) => value !== undefined && value !== 'disabled').length;
  return page(
    'Kiali (Malha’s stand-in)',
    `<header>
<h1>The mesh, as this cluster knows it</h1>
<p class="note"><strong>This is not Kiali.</strong> On the embedded cluster, Malha serves this page in its place. It reads
namespaces, pods and services from the Kubernetes API. Kiali’s traffic graph needs metrics from real proxies, and there
are none here. On a kind cluster the same commands open Kiali itself.</p>
</header>
<main>
<ul class="numbers">
<li><b>${labelled}</b> namespaces injected</li>
<li><b>${inMesh} of ${applications.length}</b> workloads in the mesh</li>
<li><b>${mesh.services.length}</b> services</li>
</ul>
<h2>Namespaces</h2>
${table(
  'The label on a namespace decides for pods that are created after it.',
  ['Namespace', 'Injection', 'Pods with a sidecar'],
  mesh.namespaces.map((namespace) =>
    row(escapeHtml(namespace.name), injection(namespace), sidecars(namespace.name, namespace)),
  ),
)}
<h2>Workloads</h2>
${table(
  'Ready pods, and how many of them have an <code>istio-proxy</code>.',
  ['Namespace', 'Workload', 'Kind', 'Ready', 'With a sidecar'],
  mesh.workloads.map(workloadRow),
)}
<h2>Services</h2>
${table(
  'What can be called by name.',
  ['Namespace', 'Service', 'Type', 'Ports'],
  mesh.services.map((service) =>
    row(...[service.namespace, service.name, service.type, service.ports].map(escapeHtml)),
  ),
)}
<p>Read at ${escapeHtml(now.toISOString().slice(11, 19))} UTC; reads again every 10 seconds.</p>
</main>`,
    10,
  );
}
