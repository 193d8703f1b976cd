/** istiod's `/inject`: an AdmissionReview in, the same with a JSON Patch or a refusal out. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KubeObject } from '../../client.ts';
import type { Pod } from '../../types.ts';
import type { InjectorSettings } from '../injection/config.ts';
import { decideInjection } from '../injection/decision.ts';
import { injectionPatch } from '../injection/inject.ts';
import { potentialPodName } from '../injection/workload.ts';
import type { Logger } from '../log.ts';

interface AdmissionReview {
  apiVersion?: string;
  kind?: string;
  request?: { uid: string; namespace?: string; object?: KubeObject };
}

interface AdmissionResponse {
  uid: string;
  allowed: boolean;
  status?: { message: string };
  patch?: string;
  patchType?: 'JSONPatch';
}

export interface InjectionCounts {
  success: number;
  skipped: number;
  failed: number;
}

/** Far more than any pod. */
const LARGEST_BODY = 8 * 1024 * 1024;

async function readReview(request: IncomingMessage): Promise<AdmissionReview> {
  let body = '';
  request.setEncoding('utf8');
  for await (const chunk of request) {
    body += chunk;
    if (body.length > LARGEST_BODY) throw new Error('request body too large');
  }
  if (!body) throw new Error('no body found');
  return JSON.parse(body) as AdmissionReview;
}

/** `settings` gives what is in force now, or throws why there is nothing. */
export function injectHandler(settings: () => InjectorSettings, log: Logger, counts: InjectionCounts) {
  function answer(request: NonNullable<AdmissionReview['request']>): AdmissionResponse {
    const { uid } = request;
    const pod = request.object as Pod | undefined;
    const namespace = pod?.metadata.namespace || request.namespace || 'default';
    const name = pod ? `${namespace}/${potentialPodName(pod)}` : namespace;
    try {
      if (pod?.kind !== 'Pod') throw new Error(`cannot inject into ${pod?.kind ?? 'nothing'}: only into a Pod`);
      log.info(`Process sidecar injection request\tpod=${name}`);
      const current = settings();
      const decision = decideInjection(pod, namespace, current.config);
      if (!decision.inject) {
        counts.skipped++;
        log.info(`Skipping due to policy check: ${decision.reason}\tpod=${name}`);
        return { uid, allowed: true };
      }
      const patch = injectionPatch(pod, namespace, current);
      counts.success++;
      return {
        uid,
        allowed: true,
        patchType: 'JSONPatch',
        patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
      };
    } catch (error) {
      counts.failed++;
      const { message } = error as Error;
      log.error(`Pod injection failed: ${message}\tpod=${name}`);
      return { uid, allowed: false, status: { message } };
    }
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const fail = (code: number, message: string): void => {
      response.writeHead(code, { 'content-type': 'text/plain' }).end(`${message}\n`);
    };
    const contentType = request.headers['content-type'] ?? '';
    if (!contentType.startsWith('application/json')) return fail(415, 'invalid Content-Type, want `application/json`');
    let review: AdmissionReview;
    try {
      review = await readReview(request);
    } catch (error) {
      return fail(400, (error as Error).message);
    }
    if (!review.request?.uid) return fail(400, 'could not decode body: no request in the AdmissionReview');
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer(review.request) }),
    );
  };
}
