/** The list of recorded runs that the site carries, for pages that are read without a lab: static/recordings/index.json. */
import * as v from 'valibot';

/** A day: 2026-11-23. */
const day = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d$/));
/** Versions by what they are of: `{ kubernetes: '1.35.2', istio: '1.31.0', malha: '0.1.0' }`. */
const versions = v.record(v.string(), v.string());

export const Recorded = v.object({
  /** The asciicast's path in the site, without a language: `/recordings/install/1.cast`. */
  cast: v.pipe(v.string(), v.regex(/^\/recordings\/[\w./-]+\.cast$/)),
  /** Of the block that was run: `blockDigest`. Another one: the recording is older than its block. */
  digest: v.string(),
  /** Where it ran, as a page names it. */
  backend: v.string(),
  versions,
  at: day,
});
export type Recorded = v.InferOutput<typeof Recorded>;

export const Tested = v.object({ at: day, backend: v.string(), versions });
export type Tested = v.InferOutput<typeof Tested>;

export const RecordingsIndex = v.object({
  version: v.literal(1),
  /** By name of the step: `/install/#1`. */
  recordings: v.record(v.string(), Recorded),
  /** By page: when all of its steps and checks last passed, in every language. */
  tested: v.record(v.string(), Tested),
});
export type RecordingsIndex = v.InferOutput<typeof RecordingsIndex>;

/** Where the index lies in the project. */
export const RECORDINGS_INDEX = 'static/recordings/index.json';
