/** What single kinds ask for beside metadata, and what cannot be changed once it is set. By `group/Kind`. */
import type { KubeObject } from '../../client.ts';
import type { Cause } from '../errors.ts';
import type { UserInfo } from '../request.ts';

export const KINDS: Readonly<Record<string, (object: KubeObject) => Cause[]>> = {};

export const IMMUTABLE: Readonly<Record<string, (object: KubeObject, current: KubeObject, user: UserInfo) => Cause[]>> =
  {};
