/** Schemas of single fields that several messages share. */
import * as v from 'valibot';
import { LIMITS } from './limits.ts';

export const terminalId = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0xffffffff));
export const columns = v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(LIMITS.columns));
export const rows = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(LIMITS.rows));
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
export const integer = v.pipe(v.number(), v.integer());
export const shortText = v.pipe(v.string(), v.maxLength(200));
/** A tab's number for the learner: 1 is the main one. */
export const tabNumber = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(LIMITS.terminals));
/** A name that a page gives itself when it is loaded, and keeps over reconnections: random letters and digits. */
export const clientName = v.pipe(v.string(), v.regex(/^[\w-]{8,64}$/));
/** A step's name: `<page path without locale>#<number of the block on the page, from 1>`, such as `/install/#3`. */
export const stepName = v.pipe(v.string(), v.minLength(1), v.maxLength(300));
/** The file's name in the lab's recordings folder. */
export const recordingName = v.pipe(v.string(), v.regex(/^[\w.-]{1,120}\.cast$/));
