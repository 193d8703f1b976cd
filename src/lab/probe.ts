/** Asks once whether a lab serves this page. Small on purpose: a page without a lab loads nothing else of it. */
import { LAB_PATH } from './paths';
import type { LabState } from './state';

export async function probe(): Promise<Exclude<LabState['presence'], 'looking'>> {
  try {
    const response = await fetch(LAB_PATH, { headers: { accept: 'application/json' }, credentials: 'same-origin' });
    if (response.status === 401) return 'locked';
    if (!response.ok) return 'absent';
    const report: unknown = await response.json();
    const isLab = typeof report === 'object' && report !== null && 'name' in report && report.name === 'malha';
    return isLab ? 'present' : 'absent';
  } catch {
    // No answer, or one that is not JSON: a static file server, or no server at all.
    return 'absent';
  }
}
