/** Reads a request's body: JSON, YAML or Kubernetes' protobuf, by its Content-Type. */
import { parse } from 'yaml';
import { StatusError } from '../../status.ts';
import { badRequest, unsupportedMediaType } from '../errors.ts';
import { decodeProtobuf } from '../wire/protobuf.ts';
import type { Request } from './streams.ts';

/** Bytes; as much as etcd takes twice over, Kubernetes' own limit. */
const LIMIT = 3 * 1024 * 1024;
const PROTOBUF = 'application/vnd.kubernetes.protobuf';

export const mediaType = (request: Request): string =>
  (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();

/** Throws 413 above 3 MiB. */
export async function readBody(request: Request): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LIMIT) {
      throw new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${LIMIT}`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Text as JSON, or as YAML where `yaml` is set; undefined for an empty body. Throws 400. */
export function parseText(bytes: Buffer, yaml = false): unknown {
  if (bytes.length === 0) return undefined;
  const text = bytes.toString('utf8');
  try {
    return yaml ? parse(text) : JSON.parse(text);
  } catch (error) {
    throw badRequest(`error decoding the request body: ${(error as Error).message}`);
  }
}

/** The body as a value; undefined where there is none. Throws 415 for a format that is none of the three. */
export async function readObject(request: Request): Promise<unknown> {
  const bytes = await readBody(request);
  const type = mediaType(request);
  switch (type) {
    case PROTOBUF:
      return bytes.length === 0 ? undefined : decodeProtobuf(bytes);
    case 'application/yaml':
      return parseText(bytes, true);
    case '':
    case 'application/json':
      return parseText(bytes);
    default:
      if (bytes.length === 0) return undefined;
      throw unsupportedMediaType(type, ['application/json', 'application/yaml', PROTOBUF]);
  }
}
