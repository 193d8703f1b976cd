/** Rejects with an Error whose message names file and line of each mistake in a page. */
export function prepareLessons(root: string): Promise<void>;
