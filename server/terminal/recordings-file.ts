/** Reads from a recording's file what a list of recordings tells of it, line by line: a file may have 64 MiB. */

import { createReadStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { CastError, EVENT_CODES, parseHeader } from '../protocol/asciicast.ts';
import type { RecordingInfo } from '../protocol.ts';
import { STOPPED } from './recorder.ts';

/** The first two parts of an event, without the data, which may be long. */
const EVENT_START = /^\s*\[\s*([\d.eE+-]+)\s*,\s*"(.)"/;

/** Rejects with a CastError where the file is no asciicast v3, or with the error of reading it. */
export async function describeRecording(file: string): Promise<RecordingInfo> {
  const name = path.basename(file);
  const what = await lstat(file);
  if (!what.isFile()) throw new CastError('This is not a file.');
  const input = createReadStream(file);
  try {
    let info: RecordingInfo | undefined;
    let milliseconds = 0;
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (!info) {
        const { term, timestamp } = parseHeader(line);
        const started = timestamp ?? Math.floor(what.birthtimeMs / 1000);
        info = {
          name,
          tab: tabOf(name),
          started,
          duration: 0,
          bytes: what.size,
          columns: term.cols,
          rows: term.rows,
          commands: 0,
        };
        continue;
      }
      if (line.startsWith(`# ${STOPPED}`)) info.stoppedBy = reasonIn(line);
      const [, seconds, code] = EVENT_START.exec(line) ?? [];
      if (code === EVENT_CODES.marker) info.commands++;
      milliseconds += Number(seconds ?? 0) * 1000;
    }
    if (!info) throw new CastError('The file is empty.');
    return { ...info, duration: Math.round(milliseconds) / 1000 };
  } finally {
    input.destroy();
  }
}

/** Our names end in the tab's number: `20261123-031500-1.cast`; 0 for others'. */
function tabOf(name: string): number {
  return Number(/^\d{8}-\d{6}-(\d+)(?:-\d+)?\.cast$/.exec(name)?.[1] ?? 0);
}

function reasonIn(line: string): RecordingInfo['stoppedBy'] {
  return (['size', 'time', 'disk'] as const).find((reason) => line.trim().endsWith(`${STOPPED}${reason}`));
}
