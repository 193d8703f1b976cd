/** The lesson that the page in front of the reader is; its bar says so, for parts of the site that are no part of its text. */
import { createStore } from '../lab/store';
import type { PageData } from './step';

export const pageState = createStore<{ page: PageData | undefined }>({ page: undefined });
