/** All pages with something to do on them, as the build has found them. */
import { usePluginData } from '@docusaurus/useGlobalData';
import type { LessonsData } from '../../lesson/plugin';

export const useLessons = (): LessonsData => usePluginData('malha-lessons') as LessonsData;
