/** The pages that a browser test walks from their first Run button to their last, in this order, from an empty cluster. */
export const RUNNABLE_PAGES = ['/install/', '/reference/commands/'];

export const LOCALES = [
  { name: 'en', base: '' },
  { name: 'pt-BR', base: '/pt-BR' },
];
