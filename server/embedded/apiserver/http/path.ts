/** Reads a Kubernetes API path: which resource, which object, which part of it. */

export interface ApiPath {
  group: string;
  version: string;
  namespace?: string;
  resource: string;
  name?: string;
  subresource?: string;
  /** What follows `…/proxy`, with its leading slash. */
  rest: string;
}

/** `/apis/apps/v1/namespaces/default/deployments/web/scale`; undefined for a path of another form. */
export function parseApiPath(pathname: string): ApiPath | undefined {
  const [root, ...parts] = pathname.split('/').filter(Boolean).map(decodeURIComponent);
  let group = '';
  if (root === 'apis') group = parts.shift() ?? '';
  else if (root !== 'api') return undefined;
  const version = parts.shift();
  if (!version || parts.length === 0 || (root === 'apis' && !group)) return undefined;
  const head = { group, version, rest: '' };
  // `namespaces/x/status` is a part of the namespace, `namespaces/x/pods` what is in it.
  const ofNamespace = parts.length < 3 || (parts.length === 3 && ['status', 'finalize'].includes(parts[2]!));
  if (parts[0] !== 'namespaces' || ofNamespace) return object(head, parts);
  return object({ ...head, namespace: parts[1] }, parts.slice(2));
}

function object(head: Omit<ApiPath, 'resource'>, parts: string[]): ApiPath | undefined {
  const [resource, name, subresource, ...rest] = parts;
  if (!resource || (rest.length > 0 && subresource !== 'proxy')) return undefined;
  return { ...head, resource, name, subresource, rest: subresource === 'proxy' ? `/${rest.join('/')}` : '' };
}
