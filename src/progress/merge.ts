/** Puts parts of a progress together. Pure. */
import type { PageProgress, Progress } from '../../server/protocol';

/** `part`'s entries stand beside those of the page, and over those of the same name. */
export function mergePart(progress: Progress, page: string, part: PageProgress): Progress {
  const old = progress.pages[page] ?? {};
  return {
    ...progress,
    pages: {
      ...progress.pages,
      [page]: {
        ...old,
        ...part,
        ...(part.steps && { steps: { ...old.steps, ...part.steps } }),
        ...(part.checks && { checks: { ...old.checks, ...part.checks } }),
        ...(part.answers && { answers: { ...old.answers, ...part.answers } }),
        ...(part.help && { help: { ...old.help, ...part.help } }),
      },
    },
  };
}

export function withoutPage(progress: Progress, page: string | undefined): Progress {
  if (page === undefined) return { version: 1, pages: {} };
  const { [page]: _erased, ...pages } = progress.pages;
  return { ...progress, pages };
}

/**
 * What `local` says that `lab` does not: answers, help asked for, and the time of finishing. Steps and checks are the
 * lab's alone to say.
 */
export function missingParts(local: Progress, lab: Progress): [page: string, part: PageProgress][] {
  return Object.entries(local.pages).flatMap(([page, { answers = {}, help = {}, finished }]) => {
    const known = lab.pages[page] ?? {};
    const part: PageProgress = {};
    const newAnswers = Object.entries(answers).filter(([name, { at }]) => at > (known.answers?.[name]?.at ?? 0));
    const newHelp = Object.entries(help).filter(([name, level]) => level > (known.help?.[name] ?? 0));
    if (newAnswers.length > 0) part.answers = Object.fromEntries(newAnswers);
    if (newHelp.length > 0) part.help = Object.fromEntries(newHelp);
    if (finished !== undefined && known.finished === undefined) part.finished = finished;
    return Object.keys(part).length > 0 ? [[page, part]] : [];
  });
}
