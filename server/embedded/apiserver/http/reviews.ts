/**
 * Questions that are answered and not stored. The embedded cluster has no authorizer: whoever has a token may do
 * everything, and the answers say so.
 */
import { badRequest } from '../errors.ts';
import { asObject, isObject, type Json } from '../json.ts';
import type { Registry } from '../registry.ts';
import type { UserInfo } from '../request.ts';
import { apiVersionOf, type ResourceInfo } from '../resource.ts';
import { ISSUER, type ServiceAccountTokens } from './tokens.ts';

const REASON = 'the embedded cluster does not check permissions: every holder of a token may do everything';

const shownUser = ({ username, uid, groups }: UserInfo) => ({ username, ...(uid ? { uid } : {}), groups });

/** The status of each kind of review. */
const STATUS: Record<
  string,
  (spec: Json, context: { user: UserInfo; registry: Registry; tokens: ServiceAccountTokens }) => Json
> = {
  SelfSubjectAccessReview: () => ({ allowed: true, reason: REASON }),
  SubjectAccessReview: () => ({ allowed: true, reason: REASON }),
  LocalSubjectAccessReview: () => ({ allowed: true, reason: REASON }),
  SelfSubjectRulesReview: () => ({
    incomplete: false,
    resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
    nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  }),
  SelfSubjectReview: (_spec, { user }) => ({ userInfo: shownUser(user) }),
  TokenReview: (spec, { registry, tokens }) => {
    const found = tokens.verify(registry, String(spec.token ?? ''));
    const wanted = (spec.audiences as string[] | undefined) ?? [ISSUER];
    const audiences = found?.audiences.filter((audience) => wanted.includes(audience)) ?? [];
    if (!found) return { user: {}, error: 'invalid bearer token' };
    if (audiences.length === 0) return { user: {}, error: 'token audiences do not match' };
    return { authenticated: true, user: shownUser(found.user), audiences };
  },
};

export const isReview = (resource: ResourceInfo): boolean => resource.kind in STATUS;

/** The review with its status. Throws 400 for a body that is no object. */
export function answerReview(
  registry: Registry,
  tokens: ServiceAccountTokens,
  resource: ResourceInfo,
  body: unknown,
  user: UserInfo,
): object {
  if (!isObject(body)) throw badRequest('the body of a review must be an object');
  const spec = asObject(body.spec);
  return {
    kind: resource.kind,
    apiVersion: apiVersionOf(resource),
    metadata: { creationTimestamp: null },
    ...(resource.kind.startsWith('SelfSubjectReview') ? {} : { spec }),
    status: STATUS[resource.kind]!(spec, { user, registry, tokens }),
  };
}
