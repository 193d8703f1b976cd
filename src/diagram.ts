/** How Mermaid draws: the site's own colours, taken from the page's variables, so that light and dark need no new drawing. */

export const diagramOptions = {
  fontFamily: 'system-ui, "Segoe UI", "Noto Sans", sans-serif',
  flowchart: { htmlLabels: true, curve: 'basis', padding: 14, nodeSpacing: 44, rankSpacing: 52 },
  sequence: { mirrorActors: false },
  themeCSS: `
    .node rect, .node circle, .node ellipse, .node polygon, .node path, .node .basic, rect.actor, .note {
      fill: var(--malha-raised); stroke: var(--malha-ink); stroke-width: 1.3px;
    }
    .node .label-container.outer-path path { stroke: var(--malha-ink); }
    .cluster rect { fill: var(--malha-sunken); stroke: var(--malha-line); rx: 8; }
    .nodeLabel, .edgeLabel, .cluster-label, .label, .label text, .cluster text, text.actor > tspan, .messageText,
    .noteText, .noteText > tspan, .loopText, .loopText > tspan, .labelText, .labelText > tspan {
      color: var(--malha-ink); fill: var(--malha-ink); stroke: none;
    }
    .cluster-label .nodeLabel, .cluster-label span { color: var(--malha-quiet); }
    .edgeLabel, .edgeLabel p, .edgeLabel rect, .labelBkg { background-color: var(--malha-paper); fill: var(--malha-paper); }
    .edgePath .path, .flowchart-link, .messageLine0, .messageLine1, .loopLine, .actor-line {
      stroke: var(--malha-mesh);
    }
    .actor-line { stroke: var(--malha-line); }
    .marker, .arrowheadPath, .arrowMarkerPath, #arrowhead path, #crosshead path { fill: var(--malha-mesh); stroke: var(--malha-mesh); }
    rect.note { fill: var(--malha-sidecar-soft); stroke: var(--malha-sidecar); }
    .labelBox { fill: var(--malha-sunken); stroke: var(--malha-line); }
  `,
} as const;
