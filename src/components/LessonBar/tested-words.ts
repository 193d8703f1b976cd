/** The words for when and where something was run: the day, the backend, the versions. */
import { translate } from '@docusaurus/Translate';

/** A day, such as 2026-11-23, as it is written in the reader's language. */
export function dateIn(locale: string, day: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));
}

const NAMES: Record<string, string> = { kubernetes: 'Kubernetes', istio: 'Istio', malha: 'Malha' };

export const versionsOf = (versions: Readonly<Record<string, string>>): string =>
  Object.entries(versions)
    .map(([name, version]) => `${NAMES[name] ?? name} ${version}`)
    .join(', ');

/** The embedded cluster has a name in every language; kind and contexts are called by their own. */
export const backendName = (label: string): string =>
  label === 'embedded cluster (simulated)'
    ? translate({ id: 'lesson.embedded', message: 'embedded cluster (simulated)' })
    : label;
